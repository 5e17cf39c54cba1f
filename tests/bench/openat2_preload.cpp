// Debian 12's valgrind (3.19) doesn't know openat2, and webserv doesn't start without it. Preloaded, this answers it
// with openat, for counting instructions in a folder of our own, where no path tries to leave its root. Every other
// call goes through.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>

// libc's own name: whoever calls syscall() gets this one.
extern "C" long syscall(long number, ...) noexcept {
    std::va_list list;
    va_start(list, number);
    long arguments[6];
    for (long& argument : arguments) argument = va_arg(list, long);
    va_end(list);
    if (number == SYS_openat2) {
        const auto* path = reinterpret_cast<const char*>(arguments[1]);
        const auto* how = reinterpret_cast<const open_how*>(arguments[2]);
        return ::openat(static_cast<int>(arguments[0]), path, static_cast<int>(how->flags),
                        static_cast<mode_t>(how->mode));
    }
    using Syscall = long (*)(long, ...);
    static const auto next = reinterpret_cast<Syscall>(dlsym(RTLD_NEXT, "syscall"));
    return next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
