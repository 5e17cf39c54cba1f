"""The machine that is measured on: what it is, and which of its processors do what."""

import os
import pathlib
import platform
import re
import resource
import subprocess


def all_descriptors():
    """Raises the limit of open files as far as it goes; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def can_raise_to(count):
    """Whether what is started from here may open so many files, when it raises its own limit: root may, mostly."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[0], count))
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    except (OSError, ValueError):
        return False
    return True


def siblings(cpu):
    """The processors that share a core with this one, itself among them."""
    path = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    try:
        text = path.read_text()
    except OSError:
        return {cpu}
    found = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


class Processors:
    """One for the server and another for who asks; on another core, where there is one. `both` is for two workers."""

    def __init__(self):
        usable = sorted(os.sched_getaffinity(0))
        core = siblings(usable[0])
        others = [cpu for cpu in usable if cpu not in core] or usable[1:] or usable
        self.server = {usable[0]}
        self.load = {others[-1]}
        self.both = {usable[0], others[0]}
        self.shared = self.server == self.load

    def __str__(self):
        server, load = min(self.server), min(self.load)
        return f"servers on CPU {server}, load from CPU {load}" + (" (the only one: no figure is worth much)"
                                                                  if self.shared else "")


def processor_name():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    return match[1] if match else platform.machine()


def first_line(*command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    except OSError:
        return "not installed"
    lines = (result.stdout + result.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def description(descriptors, processors):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{processor_name()}, {os.cpu_count()} CPUs",
        "memory": f"{memory:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "open files": f"{descriptors:,} a process",
        "pinned": str(processors),
        "load average before": " ".join(pathlib.Path("/proc/loadavg").read_text().split()[:3]),
    }
