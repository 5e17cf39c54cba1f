# webserv: `make help` lists what can be made.

NAME     := webserv
BUILD    ?= .build/release
CXX      ?= g++
PREFIX   ?= /usr/local
DESTDIR  ?=
WERROR   ?= 0
CONF     ?= conf/default.conf

ifeq ($(origin CXX),default)
CXX := g++
endif

# In the order of the layers: a room includes only what stands above it, or in its own layer.
SOURCES := \
	base/ascii base/base64 base/buffer base/clock base/digest base/hash base/password base/result \
	base/regex_class base/regex_repeat base/regex_ahead base/regex_syntax base/regex_program base/regex \
	os/file os/resolve os/file_events os/io os/left_file os/log os/page_cache os/process os/sandbox os/signals \
	os/socket os/thread os/crypt os/password_file os/password_process os/memory_file os/interfaces os/ownership \
	http/registry http/fields http/target http/message http/usual_head http/request_parser http/framing \
	http/date http/conditional http/ranges http/media_types http/response_writer http/credentials \
	http/content_coding \
	net/event_loop net/timers net/listener net/transport net/warmer net/password_checker \
	files/root files/watcher files/trail files/content files/entry files/cache files/variant files/compressor \
	config/source config/variables config/template config/diagnostic config/text_file config/lexer config/syntax \
	config/values config/check config/pattern config/url config/location config/condition config/sockets \
	config/warnings config/foreign config/refused config/directives_structure config/directives_listen \
	config/directives_content config/directives_responses config/directives_methods config/directives_limits \
	config/directives_logs config/directives_process config/directives_reading config/directives_validators \
	config/directives_listing config/directives_finding config/directives_rewrite config/host_table \
	config/address_table config/definitions config/geo_block config/directives_maps config/directives \
	config/binder config/scope config/effective config/lint config/load config/differences config/reference \
	config/directives_access config/codings config/coding_setters config/directives_codings config/expiry \
	config/directives_fields config/lint_locations config/lint_rewriting config/location_tree \
	body/file_range body/multi_range body/source \
	routing/route routing/request routing/fields routing/maps routing/own_variables routing/variables \
	routing/resource routing/rewrite routing/explanation routing/limit_rate \
	handlers/handler handlers/pages handlers/listing_order handlers/listing_text handlers/listing_style \
	handlers/listing_script handlers/listing handlers/listing_data handlers/representation handlers/static_file \
	handlers/autoindex handlers/random_index handlers/redirect handlers/try_files handlers/error_page \
	handlers/added_fields handlers/dispatch handlers/logins handlers/access handlers/codings \
	server/counters server/timestamps server/ready_pages server/access_log server/log_files server/access_lines \
	server/site server/preparation server/request_content server/exchange server/exchange_pool server/event_line \
	server/answer_writer server/pace server/rate server/file_sender server/connection server/server \
	server/master \
	app/command_line app/explain app/quick_site

OBJECTS := $(SOURCES:%=$(BUILD)/%.o)
MAIN    := $(BUILD)/app/main.o

WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
HARDENING := -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
OPTIMIZE  := -O2 -flto=auto
LINK      := -static-libstdc++ -static-libgcc -pie -Wl,-z,relro,-z,now

ifneq (,$(findstring clang,$(CXX)))
# GNU ld can't read what clang's LTO leaves: without lld there is none.
LLD       := $(notdir $(firstword $(shell command -v ld.lld ld.lld-14)))
OPTIMIZE  := -O2 $(if $(LLD),-flto=thin)
LINK      += $(if $(LLD),-fuse-ld=$(LLD:ld.%=%))
endif

MODE ?= release
ifeq ($(MODE),debug)
OPTIMIZE  := -O0 -g3
HARDENING := -fPIE
endif
ifeq ($(MODE),asan)
# The vptr check opens a pipe to look at memory: without descriptors, which is what some tests are about, it finds fault
# with every object.
SANITIZE  := -fsanitize=address,undefined -fno-sanitize=vptr
OPTIMIZE  := -O1 -g -fno-omit-frame-pointer $(SANITIZE) -fno-sanitize-recover=undefined
HARDENING := -fPIE
LINK      := -pie $(SANITIZE)
endif
ifeq ($(WERROR),1)
WARNINGS  += -Werror
endif

CXXFLAGS_ALL := -std=c++20 -Iincludes $(WARNINGS) $(OPTIMIZE) $(HARDENING) -MMD -MP $(CXXFLAGS)
LINK_ALL     := $(OPTIMIZE) $(LINK) -pthread $(LDFLAGS)

# Where the binary goes: the plain `make` puts it beside the Makefile, every other build keeps it in its own folder.
ifeq ($(BUILD),.build/release)
BINARY := $(NAME)
else
BINARY := $(BUILD)/$(NAME)
endif

.PHONY: all clean fclean re debug asan run test tests-binaries bench lint tidy format fuzz fuzz-replay install help
.DELETE_ON_ERROR:

# One short line for each step; `make V=1` shows the commands.
V ?= 0
ifeq ($(V),0)
Q = @printf '  %-5s %s\n' "$(1)" "$(2)" &&
endif

all: $(BINARY)  ## build ./webserv

$(BINARY): $(OBJECTS) $(MAIN) | compiler
	$(call Q,link,$@) $(CXX) -o $@ $(OBJECTS) $(MAIN) $(LINK_ALL)

# What was built otherwise is built again.
FLAGS := $(BUILD)/flags
$(FLAGS): FORCE
	@mkdir -p $(@D)
	@echo '$(CXX) $(CXXFLAGS_ALL) $(LINK_ALL)' | cmp -s - $@ || echo '$(CXX) $(CXXFLAGS_ALL) $(LINK_ALL)' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/%.o: srcs/%.cpp Makefile $(FLAGS) | compiler
	@mkdir -p $(@D)
	$(call Q,c++,$<) $(CXX) $(CXXFLAGS_ALL) -c -o $@ $<

# Nothing to do where the compiler is there; else it is installed, or a line says how.
.PHONY: compiler
compiler:
	@command -v $(firstword $(CXX)) >/dev/null 2>&1 || tests/setup compiler

debug:  ## build .build/debug/webserv, unoptimized, for a debugger
	$(MAKE) MODE=debug BUILD=.build/debug all

asan:  ## build .build/asan/webserv and its tests with AddressSanitizer and UBSan
	$(MAKE) MODE=asan BUILD=.build/asan all tests-binaries

run: all  ## build and serve conf/default.conf (CONF=FILE: another one)
	./$(NAME) $(CONF)

# --- tests -----------------------------------------------------------------------------------------------------------

TEST_BINARIES := $(patsubst %,$(BUILD)/tests/%,wire_test unit_test bench/floor)
UNIT_TESTS    := $(patsubst tests/unit/%.cpp,$(BUILD)/tests/unit/%.o,$(wildcard tests/unit/*.cpp))

tests-binaries: $(TEST_BINARIES)

$(BUILD)/tests/wire_test: $(BUILD)/tests/wire/wire_test.o $(OBJECTS)
	$(call Q,link,$@) $(CXX) -o $@ $^ $(LINK_ALL)

$(BUILD)/tests/unit_test: $(UNIT_TESTS) $(OBJECTS)
	$(call Q,link,$@) $(CXX) -o $@ $^ $(LINK_ALL)

$(BUILD)/tests/bench/floor: $(BUILD)/tests/bench/floor.o
	$(call Q,link,$@) $(CXX) -o $@ $^ $(LINK_ALL)

$(BUILD)/tests/%.o: tests/%.cpp Makefile $(FLAGS) | compiler
	@mkdir -p $(@D)
	$(call Q,c++,$<) $(CXX) $(CXXFLAGS_ALL) -c -o $@ $<

test: all tests-binaries  ## run every test (sets up pytest and requests when they are missing)
	@python=$$(tests/setup python) && WEBSERV=./$(BINARY) WEBSERV_WIRE_TEST=$(BUILD)/tests/wire_test \
		WEBSERV_UNIT_TEST=$(BUILD)/tests/unit_test "$$python" -m pytest -q -p no:cacheprovider tests

bench: all $(BUILD)/tests/bench/floor  ## compare with nginx, lighttpd, h2o and the floor (BENCH="--only small": less)
	@python3 tests/bench/bench.py --webserv ./$(BINARY) --floor $(BUILD)/tests/bench/floor $(BENCH)

lint:  ## check the rules of the house: include direction, names, sizes
	@python3 tests/lint.py

tidy:  ## clang-tidy over all sources
	clang-tidy --quiet $(SOURCES:%=srcs/%.cpp) -- -std=c++20 -Iincludes

format:  ## clang-format in place
	clang-format -i $$(git ls-files 'srcs/*.cpp' 'includes/*.hpp' 'tests/*.cpp')

# --- fuzzing ---------------------------------------------------------------------------------------------------------

FUZZ_TARGETS := request_parser chunked target config_syntax regex
FUZZ_SECONDS ?= 600
FUZZ_BUILD   := .build/fuzz
FUZZ_FLAGS   := -std=c++20 -Iincludes -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
REPLAY_BUILD := .build/asan
REPLAYS      := $(FUZZ_TARGETS:%=$(REPLAY_BUILD)/fuzz/%)

fuzz:  ## explore with libFuzzer, FUZZ_SECONDS=600 for each target (needs clang)
	@mkdir -p $(FUZZ_BUILD)
	@for target in $(FUZZ_TARGETS); do \
		clang++ $(FUZZ_FLAGS) -fsanitize=fuzzer -o $(FUZZ_BUILD)/$$target tests/fuzz/$$target.cpp $(SOURCES:%=srcs/%.cpp) && \
		mkdir -p $(FUZZ_BUILD)/corpus/$$target && \
		$(FUZZ_BUILD)/$$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(FUZZ_BUILD)/ \
			$(FUZZ_BUILD)/corpus/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

fuzz-replay:  ## feed every corpus to its target, with sanitizers, without exploring
	@$(MAKE) MODE=asan BUILD=$(REPLAY_BUILD) replays
	@for target in $(FUZZ_TARGETS); do $(REPLAY_BUILD)/fuzz/$$target tests/fuzz/corpus/$$target || exit 1; done

.PHONY: replays
replays: $(REPLAYS)

$(REPLAY_BUILD)/fuzz/%: $(REPLAY_BUILD)/tests/fuzz/%.o $(REPLAY_BUILD)/tests/fuzz/replay.o $(OBJECTS)
	@mkdir -p $(@D)
	$(call Q,link,$@) $(CXX) -o $@ $^ $(LINK_ALL)

# --- the rest --------------------------------------------------------------------------------------------------------

install: all  ## install under PREFIX=/usr/local (DESTDIR for packagers)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/webserv
	install -m 755 $(NAME) $(DESTDIR)$(PREFIX)/bin/$(NAME)
	cp -R conf www $(DESTDIR)$(PREFIX)/share/webserv/

clean:  ## remove what was built, but the binary
	rm -rf .build

fclean: clean  ## remove the binary too
	rm -f $(NAME)

re:  ## build from nothing
	$(MAKE) fclean
	$(MAKE) all

help:  ## this list
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## (.*)/\1\t\2/' | expand -t 14

-include $(OBJECTS:.o=.d) $(MAIN:.o=.d) $(UNIT_TESTS:.o=.d) $(BUILD)/tests/wire/wire_test.d \
	$(BUILD)/tests/bench/floor.d
