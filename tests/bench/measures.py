"""What is measured, one function each: it takes the bench and returns a table. Rounds are interleaved, server A, B, C
and then A, B, C again, so that a machine that drifts slows all of them alike; a figure is the median of its rounds."""

import collections
import dataclasses
import pathlib
import re
import shutil
import statistics
import subprocess
import time

import instructions
import load
import servers
from workloads import browser_fields, by_name, workloads

steps = [1, 10, 64, 1000, 10_000]  # busy connections, to see how the cost of a request grows
spare_descriptors = 600            # what server and load need besides their connections


@dataclasses.dataclass
class Table:
    name: str
    title: str
    columns: list
    rows: list        # of texts; the first names the server
    data: dict        # server -> figures, for the goals and for --json
    note: str = ""


def number(value, digits=2):
    return "" if value is None else f"{value:,.{digits}f}"


def ratio(value, base):
    return value / base if value is not None and base else None


def median(rounds, key):
    return statistics.median(one[key] for one in rounds)


class Bench:
    """What the measures share: servers, the load generator, and how long and how often."""

    def __init__(self, stable, wrk, rounds, seconds, say):
        self.stable = stable
        self.wrk = wrk
        self.rounds = rounds
        self.seconds = seconds
        self.say = say
        self.plain = {}   # the servers that stay up from one measure to the next

    def server(self, name):
        if name not in self.plain:
            self.plain[name] = self.stable.start(name)
        return self.plain[name]

    def load(self, workload, server):
        return load.Load(self.wrk, workload, server, self.stable.root, self.stable.work,
                         self.stable.processors.load)

    def most_connections(self, wanted):
        return min(wanted, self.stable.descriptors - spare_descriptors)


def summary(rounds):
    """The median of one server's rounds; nothing of a server that made errors."""
    errors = sum((collections.Counter(one["errors"]) for one in rounds), collections.Counter())
    if errors:
        return {"errors": errors}
    costs = [1e6 * one["cpu"] / max(one["requests"], 1) for one in rounds]
    cost = statistics.median(costs)
    return {"rate": median(rounds, "rate"), "cpu_us": cost, "p99_ms": median(rounds, "p99_ms"), "errors": {},
            "spread": (max(costs) - min(costs)) / 2 / cost if cost else 0}


def run_rounds(bench, loads):
    """loads: key -> Load. -> key -> figures; a warm-up goes before the first round."""
    found = {key: [] for key in loads}
    for _ in range(bench.rounds):
        for key, one in loads.items():
            if one.wrong:
                continue
            if not found[key]:
                one.run(1)
            found[key].append(one.run(bench.seconds))
    return {key: failed(loads[key].wrong) if loads[key].wrong else summary(rounds) for key, rounds in found.items()}


def failed(why):
    return {"errors": {why: 1}, "wrong": why}


def trouble(*figures):
    """What kept a server from having figures."""
    for one in figures:
        if one["errors"]:
            kinds = (f"{count:,} {kind}" for kind, count in one["errors"].items())
            return one.get("wrong") or "errors: " + ", ".join(kinds)
    return ""


def cost_of(data, name):
    return data.get(name, {}).get("cpu_us")


def best_peer(data, key="cpu_us", best=min):
    values = [data[name][key] for name in servers.peers if data.get(name, {}).get(key) is not None]
    return best(values) if values else None


def measure_workload(bench, workload):
    data = run_rounds(bench, {name: bench.load(workload, bench.server(name)) for name in bench.stable.names})
    floor, peer = cost_of(data, "floor"), best_peer(data)
    rows = []
    for name, one in data.items():
        if "cpu_us" not in one:
            rows.append([name, trouble(one)] + [""] * 6)
            continue
        floor_rate = data.get("floor", {}).get("rate")
        rows.append([name, number(one["rate"], 0), number(one["cpu_us"]), f"{100 * one['spread']:.0f} %",
                     number(ratio(one["cpu_us"], floor)), number(ratio(one["cpu_us"], peer)),
                     number(ratio(floor_rate, one["rate"])), number(one["p99_ms"])])
    columns = ["server", "requests/s", "CPU us/request", "+-", "CPU / floor", "CPU / best peer", "time / floor",
               "p99 ms"]
    return Table(workload.name, f"{workload.about}; {workload.connections:,} connections", columns, rows, data)


def measure_logging(bench):
    loads, started = {}, []
    for name in bench.stable.names:
        loads[name, "off"] = bench.load(by_name["small"], bench.server(name))
        if name != "floor":
            started.append(bench.stable.start(name, logged=True))
            loads[name, "on"] = bench.load(by_name["small"], started[-1])
    found = run_rounds(bench, loads)
    for server in started:
        bench.stable.stop(server)
    rows, data = [], {}
    for name in bench.stable.names:
        off, on = found[name, "off"], found.get((name, "on"), {"errors": {}})
        data[name] = {"off": off, "on": on}
        if trouble(off, on):
            rows.append([name, trouble(off, on)] + [""] * 6)
            continue
        rows.append([name, number(off["rate"], 0), number(on.get("rate"), 0),
                     number(ratio(on.get("rate"), off["rate"])), number(off["cpu_us"]),
                     number(on.get("cpu_us")), number(ratio(on.get("cpu_us"), off["cpu_us"])),
                     number(on.get("p99_ms"))])
    columns = ["server", "requests/s, off", "on", "on / off", "CPU us/request, off", "on", "on / off", "p99 ms, on"]
    return Table("logging", "612 bytes with the access log (combined, to a file) off and on; 64 connections", columns,
                 rows, data)


def measure_idle10k(bench):
    count = bench.most_connections(10_000)
    loads = {name: bench.load(by_name["small"], bench.server(name)) for name in bench.stable.names}
    alone, beside = {name: [] for name in loads}, {name: [] for name in loads}
    for _ in range(bench.rounds):
        for name, one in loads.items():
            if one.wrong:
                continue
            alone[name].append(one.run(bench.seconds))
            with load.idle_connections(one.server.port, count) as held:
                if len(held) == count:
                    beside[name].append(one.run(bench.seconds))
            if len(held) < count or beside[name][-1]["errors"]:
                one.wrong = f"{len(held):,} fill it, nobody else is served"
    rows, data = [], {}
    for name, one in loads.items():
        without, there = [failed(one.wrong) if one.wrong else summary(rounds)
                          for rounds in (alone[name], beside[name])]
        data[name] = {"without": without, "with": there, "idle": count}
        if trouble(without, there):
            rows.append([name, trouble(without, there)] + [""] * 5)
            continue
        rows.append([name, number(without["p99_ms"]), number(there["p99_ms"]),
                     number(ratio(there["p99_ms"], without["p99_ms"])), number(without["cpu_us"]),
                     number(there["cpu_us"]), number(ratio(there["cpu_us"], without["cpu_us"]))])
    columns = ["server", "p99 ms, without", "with", "with / without", "CPU us/request, without", "with",
               "with / without"]
    return Table("idle10k", f"64 busy connections, without and with {count:,} idle ones beside them", columns, rows,
                 data)


def measure_idle(bench):
    count = bench.most_connections(18_000)
    rows, data = [], {}
    for name in bench.stable.names:
        server = bench.stable.start(name)
        bench.load(by_name["small"], server).run(1)
        before = server.resident_kib()
        with load.idle_connections(server.port, count) as connections:
            held, after = len(connections), server.resident_kib()
        data[name] = {"held": held, "kib": (after - before) / max(held, 1), "rss_kib": after}
        rows.append([name, f"{held:,}", number(data[name]["kib"]), number(before / 1024, 1), number(after / 1024, 1)])
        bench.stable.stop(server)
    columns = ["server", "held", "KiB each", "MiB in all, before", "with them"]
    return Table("idle", "memory of idle kept-alive connections, each after one request", columns, rows, data,
                 "Resident memory of the server's processes; the kernel's own for a socket is not in it. "
                 f"{count:,} were tried; lighttpd takes half as many as it may have descriptors.")


def measure_startup(bench):
    times = {name: [] for name in bench.stable.names}
    for _ in range(2 * bench.rounds):
        for name, found in times.items():
            launch = bench.stable.prepare(name)
            began = time.perf_counter()
            server = launch()
            while True:
                try:
                    load.ask(server.port, "/small.html")
                    break
                except OSError:
                    if server.process.poll() is not None or time.perf_counter() - began > 10:
                        raise RuntimeError(f"{name} doesn't start") from None
                    time.sleep(0.0002)
            found.append(1e3 * (time.perf_counter() - began))
            bench.stable.stop(server)
    data = {name: {"ms": statistics.median(found)} for name, found in times.items()}
    rows = [[name, number(statistics.median(found), 1), number(min(found), 1), number(max(found), 1)]
            for name, found in times.items()]
    return Table("startup", "from the start of the process to its first answer",
                 ["server", "ms, median", "least", "most"], rows, data,
                 "The floor reads all 10,000 files of the site first.")


def measure_binary(bench):
    strip, ldd = shutil.which("strip"), shutil.which("ldd")
    rows, data = [], {}
    for name, path in bench.stable.programs.items():
        sizes, bare = [pathlib.Path(path).stat().st_size / 1024], bench.stable.work / "stripped"
        if strip and subprocess.run([strip, "-o", bare, path], capture_output=True, check=False).returncode == 0:
            sizes.append(bare.stat().st_size / 1024)
        listed = subprocess.run([ldd, path], capture_output=True, text=True, check=False).stdout if ldd else ""
        libraries = sorted(set(re.findall(r"\b((?:lib|ld-linux)[\w.+-]*?)\.so", listed)))
        data[name] = {"kib": sizes[0], "stripped_kib": sizes[-1], "libraries": libraries}
        rows.append([name, number(sizes[0], 0), number(sizes[1], 0) if len(sizes) > 1 else "", str(len(libraries)),
                     " ".join(libraries)])
    return Table("binary", "size of the executable, and what ldd lists",
                 ["server", "KiB", "stripped", "libraries", "which"], rows, data,
                 "Debian's packages are stripped; nginx also loads modules from files of their own.")


def cost_without_opening(one, count, seconds):
    """CPU us for a request. With many connections, of a long run less a short one: both open and close them all."""
    short = one.run(seconds, count) if count >= 1000 else {"cpu": 0, "requests": 0}
    long = one.run(3 * seconds if count >= 1000 else seconds, count)
    if long["errors"]:
        one.wrong = f"{count:,} connections: {trouble(long)}"
    return 1e6 * (long["cpu"] - short["cpu"]) / max(long["requests"] - short["requests"], 1)


def measure_scaling(bench):
    counts = [count for count in steps if count <= bench.most_connections(count)]
    loads = {name: bench.load(by_name["small"], bench.server(name)) for name in bench.stable.names}
    costs = {(name, count): [] for name in loads for count in counts}
    for _ in range(bench.rounds):
        for (name, count), found in costs.items():
            if not loads[name].wrong:
                found.append(cost_without_opening(loads[name], count, bench.seconds))
    rows, data = [], {}
    for name, one in loads.items():
        if one.wrong:
            data[name] = failed(one.wrong)
            rows.append([name, one.wrong] + [""] * len(counts))
            continue
        found = {count: statistics.median(costs[name, count]) for count in counts}
        data[name] = {"errors": {}, "cpu_us": found}
        rows.append([name, *(number(found[count]) for count in counts),
                     number(ratio(found[counts[-1]], found.get(64)))])
    columns = ["server", *(f"{count:,}" for count in counts), f"{counts[-1]:,} / 64"]
    return Table("scaling", "CPU us for a request of 612 bytes, by the number of busy connections", columns, rows, data)


def measure_workers(bench):
    if "webserv" not in bench.stable.names:
        return None
    config, _ = bench.stable.configure("webserv", servers.free_port(), workers=2)
    tried = subprocess.run([bench.stable.programs["webserv"], "-t", str(config)], capture_output=True, text=True,
                           stdin=subprocess.DEVNULL, check=False)
    if tried.returncode != 0:
        bench.say(f"workers: left out, this webserv refuses worker_processes 2: {tried.stderr.strip().splitlines()[0]}")
        return None
    both = bench.stable.processors.both
    started = {workers: bench.stable.start("webserv", workers=workers, cpus=both) for workers in (1, 2)}
    found = run_rounds(bench, {workers: bench.load(by_name["small"], server) for workers, server in started.items()})
    before = started[2].descriptors()
    with load.idle_connections(started[2].port, 1000):
        held = {pid: count - before.get(pid, 0) for pid, count in started[2].descriptors().items()}
    shares = sorted(held.values())[-2:]
    for server in started.values():
        bench.stable.stop(server)
    data = {"webserv": {"one": found[1], "two": found[2], "share": min(shares) / max(sum(shares), 1),
                        "errors": found[1]["errors"] or found[2]["errors"]}}
    rows = []
    for workers, one in found.items():
        if one["errors"]:
            rows.append([str(workers), trouble(one)] + [""] * 4)
            continue
        rows.append([str(workers), number(one["rate"], 0), number(one["cpu_us"]),
                     number(ratio(one["cpu_us"], found[1].get("cpu_us"))), number(one["p99_ms"]),
                     f"{100 * data['webserv']['share']:.0f} %" if workers == 2 else ""])
    columns = ["worker_processes", "requests/s", "CPU us/request", "CPU / one worker", "p99 ms", "smaller share"]
    return Table("workers", "webserv with one worker and with two, both free to use two CPUs; 64 connections", columns,
                 rows, data,
                 "The smaller share is that of 1,000 connections. Where the load generator has no third CPU, "
                 "requests/s say nothing about two workers.")


def measure_instructions(bench):
    valgrind, compiler = servers.find("valgrind"), instructions.find_compiler()
    if not valgrind or not compiler:
        bench.say("instructions: left out, valgrind and a C++ compiler are needed: apt install valgrind g++")
        return None
    counter = instructions.Counter(valgrind, compiler, bench.stable.work)
    small, browser = load.request("/small.html"), load.request("/small.html", browser_fields)
    rows, data = [], {}
    for name in bench.stable.names:
        if name in servers.peers:
            continue
        port = servers.free_port()
        config = bench.stable.configure(name, port)[0] if name != "floor" else None
        command = bench.stable.command(name, port, config)
        data[name] = {kind: counter.per_request(command, port, data, depth=depth)
                      for kind, data, depth in (("small", small, 1), ("browser", browser, 1), ("pipelined", small, 16))}
        rows.append([name, *(number(count, 0) for count in data[name].values())])
    return Table("instructions", "instructions in user space for a request, counted by callgrind",
                 ["server", "small", "browser", "pipelined"], rows, data)


special = {
    "logging": measure_logging, "idle10k": measure_idle10k, "scaling": measure_scaling, "workers": measure_workers,
    "idle": measure_idle, "startup": measure_startup, "binary": measure_binary, "instructions": measure_instructions,
}
names = [workload.name for workload in workloads] + list(special)


def measure(bench, name):
    return measure_workload(bench, by_name[name]) if name in by_name else special[name](bench)
