"""What the hot path may cost: instructions in user space for one kept-alive GET of a small file, counted by callgrind.
Times drift with the machine and its neighbours; these counts are the same to a fraction of a percent each time.

A slower hot path fails here. Who makes it slower for a good reason raises the budget, with the reason, in the same
commit; who makes it faster lowers it to a few percent above the new figure. The figures are those of a release build by
g++ 12 on x86-64 with AVX2; another compiler or C library may need a few percent more.
"""

import pytest

from bench import instructions, workloads
from webserv_process import binary, free_port, patience, request

pytestmark = pytest.mark.release_only

config = """
    access_log off;
    error_log /dev/null;
    server {
        listen 127.0.0.1:%d;
        root www;
        keepalive_requests 1000000;
%s
    }
"""

added_fields = """
        expires 30d;
        add_header X-Frame-Options DENY always;
        add_header X-Content-Type-Options nosniff always;
        add_header Referrer-Policy strict-origin-when-cross-origin always;
        add_header Strict-Transport-Security "max-age=63072000; includeSubDomains; preload" always;
        add_header Content-Security-Policy "default-src 'self'; img-src 'self' data:; object-src 'none'" always;
"""

small_request = request("GET /small.html HTTP/1.1")
browser_request = request("GET /small.html HTTP/1.1", *map(": ".join, workloads.browser_fields.items()))


@pytest.fixture
def count(tool, tmp_path):
    """count(request, depth, directives) -> instructions for one request, when `depth` of them are sent at a time."""
    counter = instructions.Counter(tool("valgrind"), instructions.find_compiler() or tool("g++"), tmp_path)
    (tmp_path / "www").mkdir()
    (tmp_path / "www/small.html").write_bytes(workloads.small_page())
    path = tmp_path / "webserv.conf"

    def run(data, depth=1, directives=""):
        port = free_port()
        path.write_text(config % (port, directives))
        return counter.per_request([binary(), "-c", path], port, data, depth=depth, patience=patience)

    return run


@pytest.mark.parametrize("data, depth, budget", [
    # Two turns of the loop, a recv in one and a send in the next: 3,966 when this was written.
    pytest.param(small_request, 1, 4_100, id="small"),
    # The same with the head of a current browser: 700 bytes in 12 lines.
    pytest.param(browser_request, 1, 5_600, id="browser"),
    # 16 requests that arrive together: a recv and a send for all of them.
    pytest.param(small_request, 16, 2_750, id="pipelined"),
])
def test_a_request_costs_no_more_than_its_budget(count, data, depth, budget):
    """Instructions in user space, of a release build."""
    counted = count(data, depth)
    assert counted <= budget, f"{counted:,.0f} instructions for a request, {budget:,} are allowed in a release build"


def test_constant_added_fields_cost_next_to_nothing(count):
    """They lie ready with the rest of the head; Expires is written over once a second, as Date is."""
    plain, added = count(small_request), count(small_request, directives=added_fields)
    assert added <= plain + 100, f"{added:,.0f} instructions for a request with added fields, {plain:,.0f} without"
