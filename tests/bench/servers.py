"""The servers that are compared: how each is configured, started and stopped, and what it has used so far."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import machine

here = pathlib.Path(__file__).resolve().parent
peers = ["nginx", "lighttpd", "h2o"]
peer_descriptors = 65_536  # lighttpd wants two for each connection


def find(program):
    """Its path, also where a user's PATH doesn't look."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def pinned_to(cpus):
    """What is started within runs on these processors: affinity is inherited, and nothing has to be executed first."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def family(pid):
    """A process and all that descend from it."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                todo += map(int, pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


class Running:
    """One server that runs, pinned to its processors."""

    def __init__(self, name, command, port, cpus, log=None):
        self.name = name
        self.port = port
        self.log = log
        with pinned_to(cpus):
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL, start_new_session=True)
        self.command = command

    def wait_until_ready(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.002)
        raise RuntimeError(f"{self.name} doesn't start: {' '.join(map(str, self.command))}")

    def cpu_seconds(self):
        """Time on a processor of every process and thread, in user space and the kernel, counted in nanoseconds."""
        total = 0
        for pid in family(self.process.pid):
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    total += int(pathlib.Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        return total / 1e9

    def resident_kib(self):
        total = 0
        for pid in family(self.process.pid):
            with contextlib.suppress(OSError):
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += int(re.search(r"^Rss:\s+(\d+)", text, re.M)[1])
        return total

    def descriptors(self):
        """pid -> how many descriptors it has open."""
        found = {}
        for pid in family(self.process.pid):
            with contextlib.suppress(OSError):
                found[pid] = len(os.listdir(f"/proc/{pid}/fd"))
        return found

    def forget_log(self):
        """A log that grows for minutes fills the disk, and slows those who come later."""
        if self.log:
            with contextlib.suppress(OSError):
                os.truncate(self.log, 0)

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
                break
        # A worker may outlive its master for a moment.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Stable:
    """The servers that this machine has. `start` runs one; whatever was started is stopped in the end."""

    def __init__(self, webserv, floor, work, root, descriptors, processors, wanted=None):
        self.work = work
        self.root = root
        self.descriptors = descriptors
        self.peer_descriptors = peer_descriptors if machine.can_raise_to(peer_descriptors) else descriptors
        self.processors = processors
        self.programs = {"floor": str(floor), "webserv": str(webserv)}
        self.programs.update({name: path for name in peers if (path := find(name))})
        self.missing = [name for name in peers if name not in self.programs]
        if wanted:
            unknown = [name for name in wanted if name not in self.programs]
            if unknown:
                raise SystemExit(f"bench: not here: {', '.join(unknown)} (there are {', '.join(self.programs)})")
            self.programs = {name: path for name, path in self.programs.items() if name in wanted}
        self.running = []

    @property
    def names(self):
        return list(self.programs)

    def configure(self, name, port, logged=False, workers=1):
        """Writes the configuration; returns its path and the path of its access log."""
        # Each start has its own: two of a kind may run beside each other.
        config = self.work / f"{name}-{port}.conf"
        log = self.work / f"{name}-{port}.log"
        files = self.descriptors if name == "webserv" else self.peer_descriptors
        values = {"PORT": port, "ROOT": self.root, "WORK": self.work, "LOG": log, "WORKERS": workers,
                  "FILES": files, "CONNECTIONS": min(files - 500, 30_000)}
        marks = {"logged": logged, "plain": not logged, "root": os.geteuid() == 0}
        lines = []
        for line in (here / "peers" / f"{name}.conf").read_text().splitlines():
            # A line behind a mark is only there when the mark holds.
            mark = re.match(r"\s*@([a-z]+)@ ", line)
            if mark is None or marks[mark[1]]:
                lines.append(line.replace(mark[0], "", 1) if mark else line)
        text = re.sub(r"@([A-Z]+)@", lambda match: str(values[match[1]]), "\n".join(lines) + "\n")
        config.write_text(text)
        return config, log

    def command(self, name, port, config):
        program = self.programs[name]
        return {"floor": [program, str(port), str(self.root)],
                "webserv": [program, "-c", str(config)],
                "nginx": [program, "-e", "/dev/null", "-p", str(self.work), "-c", str(config)],
                "lighttpd": [program, "-D", "-f", str(config)],
                "h2o": [program, "-c", str(config)]}[name]

    def prepare(self, name, cpus=None, **options):
        """A function that starts this server, with everything ready that is not part of its start."""
        port = free_port()
        config, log = self.configure(name, port, **options) if name != "floor" else (None, None)

        def launch():
            self.running.append(Running(name, self.command(name, port, config), port,
                                        cpus or self.processors.server, log))
            return self.running[-1]

        return launch

    def start(self, name, **options):
        return self.prepare(name, **options)().wait_until_ready()

    def stop(self, server):
        server.stop()
        self.running.remove(server)

    def stop_all(self):
        for server in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGTERM)
        while self.running:
            self.stop(self.running[-1])

    def versions(self):
        found = {}
        for name, path in self.programs.items():
            if name != "floor":
                found[name] = machine.first_line(path, "-V" if name == "webserv" else "-v")
        return found
