#!/usr/bin/env python3
"""webserv beside the floor (floor.cpp) and its peers, on the same work in one run. README.md says how to read it.

    make bench                                             everything, and writes RESULTS.md
    make bench BENCH="--only small,close --rounds 3"       some of it, only shown
    tests/bench/bench.py --servers floor,webserv,nginx     the same without make
"""

import argparse
import contextlib
import json
import os
import pathlib
import shlex
import shutil
import signal
import sys
import tempfile
import time

import machine
import measures
import report
import servers
import workloads

top = pathlib.Path(__file__).resolve().parent.parent.parent


def names_of(text):
    return [name for name in text.split(",") if name]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--webserv", default=top / "webserv", type=pathlib.Path, help="the binary (%(default)s)")
    parser.add_argument("--floor", default=top / ".build/release/tests/bench/floor", type=pathlib.Path,
                        help="the floor's binary (%(default)s)")
    parser.add_argument("--only", type=names_of, default=[], metavar="NAMES", help=", ".join(measures.names))
    parser.add_argument("--servers", type=names_of, default=[], metavar="NAMES",
                        help="floor, webserv, and of nginx, lighttpd, h2o what is installed")
    parser.add_argument("--rounds", type=int, default=5, help="of each server (%(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="of one round (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there too")
    parser.add_argument("--results", type=pathlib.Path, metavar="FILE",
                        help="write the report there (without --only and --servers: tests/bench/RESULTS.md)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.only if name not in measures.names]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)} (there are {', '.join(measures.names)})")
    if arguments.rounds < 1 or arguments.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    if arguments.results is None and not arguments.only and not arguments.servers:
        arguments.results = top / "tests/bench/RESULTS.md"
    return arguments


def check_tools(arguments):
    """-> the path of wrk; says in one line what is missing."""
    for path in (arguments.webserv, arguments.floor):
        if not os.access(path, os.X_OK):
            raise SystemExit(f"bench: {path} is not there: run `make bench`, or `make tests-binaries` first")
    wrk = servers.find("wrk")
    if wrk is None:
        raise SystemExit("bench: wrk is not installed: apt install wrk (and nginx-light lighttpd h2o to compare with)")
    return wrk


def say(text):
    print(text, flush=True)


def run(arguments, wrk, work):
    descriptors = machine.all_descriptors()
    processors = machine.Processors()
    root = work / "root"
    workloads.make_site(root)
    stable = servers.Stable(arguments.webserv.resolve(), arguments.floor.resolve(), work, root, descriptors,
                            processors, arguments.servers)
    facts = machine.description(descriptors, processors)
    versions = {**stable.versions(), "wrk": machine.first_line(wrk, "-v").split(" Copyright")[0]}
    for name, text in [*facts.items(), *versions.items()]:
        say(f"{name}: {text}")
    if stable.missing:
        say(f"not compared with, because not installed: {', '.join(stable.missing)}")
    tables = []
    bench = measures.Bench(stable, wrk, arguments.rounds, arguments.seconds, say)
    try:
        for name in arguments.only or measures.names:
            table = measures.measure(bench, name)
            if table is not None:
                tables.append(table)
                say("\n" + report.table_text(table))
    finally:
        # Whoever is impatient now would leave servers behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stable.stop_all()
    say(report.goals_text(tables))
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": facts, "versions": versions,
                                              "tables": {table.name: table.data for table in tables}}, indent=1) + "\n")
    if arguments.results:
        command = shlex.join(["tests/bench/bench.py", *sys.argv[1:]])
        arguments.results.write_text(report.results(tables, facts, versions, command, arguments.rounds,
                                                    arguments.seconds))
        say(f"written: {arguments.results}")


def end(*_):
    raise KeyboardInterrupt


def main():
    arguments = parse_arguments()
    wrk = check_tools(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    work = pathlib.Path(tempfile.mkdtemp(prefix="webserv-bench-"))
    began = time.monotonic()
    try:
        run(arguments, wrk, work)
    except KeyboardInterrupt:
        say("bench: stopped")
        return 130
    except RuntimeError as error:
        say(f"bench: {error}")
        return 1
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(work)
    say(f"took {(time.monotonic() - began) / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
