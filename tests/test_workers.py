"""worker_processes: a master and several processes that serve.

Which worker answered is told by the error log: each 404 leaves a line there, with the number of the process.
"""

import collections
import fcntl
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import tempfile
import threading
import time

import pytest

from webserv_process import Client, Server, free_port, patience, request, run, wait_for

site = "worker_processes 2;\nserver { listen 127.0.0.1:0; root www; location /post { return 200 posted; } }"
large = bytes(20_000_000)
files = {"www/index.html": "home", "www/large.bin": large}


def status_of(pid):
    """Parent and state; None when there is no such process any more."""
    try:
        state, parent = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(parent), state


def is_running(pid):
    status = status_of(pid)
    return status is not None and status[1] not in "ZX"


def children(pid):
    found = {int(name): status_of(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    return {child for child, status in found.items() if status and status[0] == pid and status[1] not in "ZX"}


def workers(server, count=2, but=()):
    """Their process numbers, as soon as there are so many that are not in `but`."""
    def all_there():
        found = children(server.pid)
        return found if len(found) == count and not found & set(but) else None
    return wait_for(all_there, f"{count} workers")


def wait_until_gone(pids):
    wait_for(lambda: not any(map(is_running, pids)), f"{pids} are gone")


def who_answered(server):
    """How many 404s each process has answered."""
    return collections.Counter(int(pid) for pid in re.findall(r"\[error\] (\d+)#0: .*/none", server.errors))


def worker_of(server, client, name):
    """Asks for something that isn't there, and tells who said so."""
    assert client.get(f"/none-{name}").status == 404
    return int(re.search(rf"\[error\] (\d+)#0: [^\n]*/none-{name}\"", server.errors)[1])


def clients_of_both(server, count=40):
    """Connections, by the worker that has them; each worker has some."""
    found = collections.defaultdict(list)
    for i in range(count):
        client = server.connect()
        found[worker_of(server, client, f"first-{i}")].append(client)
    assert set(found) == workers(server), "40 connections went to one worker"
    return found


def refused(server):
    with socket.socket() as probe:
        return probe.connect_ex(server.address()) != 0


def test_connections_spread_over_both_workers(serve):
    """Each has a socket of its own on the one port that the kernel chose; none gets less than 35 % of 400."""
    server = serve(site, files)
    assert len(server.endpoints) == 1
    for i in range(400):
        assert server.get(f"/none-{i}").status == 404
    answered = who_answered(server)
    assert set(answered) == workers(server)
    assert sum(answered.values()) == 400 and min(answered.values()) >= 140


def test_one_process_has_no_master(serve):
    """The default stays what it was: who was started is who serves."""
    for config in ("server { listen 127.0.0.1:0; root www; }",
                   "worker_processes 1;\nserver { listen 127.0.0.1:0; root www; }"):
        server = serve(config, files)
        assert server.get("/none").status == 404
        assert children(server.pid) == set() and set(who_answered(server)) == {server.pid}
        server.stop()
        server.error_log.unlink()


def test_auto_is_one_for_each_processor_that_may_be_used(serve, tool):
    """As many as the affinity mask has; on one processor there is nothing to supervise."""
    auto = site.replace("worker_processes 2", "worker_processes auto")
    processors = sorted(os.sched_getaffinity(0))
    server = serve(auto, files, command=(tool("taskset"), "-c", str(processors[0])))
    assert server.get("/").text == "home"
    assert children(server.pid) == set()
    server.stop()
    if len(processors) > 1:
        server = serve(auto, files)
        workers(server, len(processors))
        server.baseline = server.descriptors()


def test_workers_hold_nothing_of_each_other(serve):
    """One listening socket, one epoll and one signalfd each; the master's pidfds, and the sockets of the others, are
    closed."""
    server = serve(site, files)
    sockets = []
    for pid in workers(server):
        def open_files(pid=pid):
            held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            kinds = collections.Counter(re.sub(r"\d+", "", what) for what in held)
            ready = kinds["socket:[]"] == 1 and kinds["anon_inode:[eventpoll]"] == 1
            return held if ready and kinds["anon_inode:[signalfd]"] == 1 and kinds["anon_inode:[pidfd]"] == 0 else None
        held = wait_for(open_files, f"worker {pid} holds its own descriptors alone")
        sockets += [what for what in held if what.startswith("socket:")]
    assert len(set(sockets)) == 2


# A worker dies

def test_killed_worker_loses_only_its_own_connections(serve):
    """Who is connected to the other one notices nothing; the master says who died of what, and replaces it."""
    server = serve(site, files)
    mine = clients_of_both(server)
    victim, survivor = sorted(mine)
    os.kill(victim, signal.SIGKILL)
    for client in mine[victim]:
        client.assert_closed()
    for client in mine[survivor]:
        assert client.get("/").text == "home"
    assert survivor in workers(server, but=[victim])
    server.wait_for_error("alert", f"process {victim}", "killed by SIGKILL")
    assert server.get("/").text == "home"


def test_replacement_serves_at_once(serve):
    """Under load, somebody new answers within 100 ms of a worker's death, and only requests in flight are lost."""
    server = serve(site, files)
    lost, over = [], threading.Event()

    def load():
        while not over.is_set():
            try:
                with Client(server.address()) as client:
                    assert client.get("/", "Connection: close").text == "home"
            except (EOFError, ConnectionError) as error:
                lost.append(error)

    def first_answer_of_a_new_one(known):
        while set(who_answered(server)) <= known:
            try:
                server.get("/none")
            except (EOFError, ConnectionError) as error:
                lost.append(error)
        return time.monotonic()

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        took = []
        for victim in clients_of_both(server):
            known = set(who_answered(server)) | workers(server)
            died = time.monotonic()
            os.kill(victim, signal.SIGKILL)
            took.append(first_answer_of_a_new_one(known) - died)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    # The machine may be busy with other things once, hardly twice.
    assert min(took) < 0.1 * patience, took
    assert len(lost) <= 2 * (len(threads) + 1), lost


def test_who_waits_in_the_queue_of_a_killed_worker_is_served(serve):
    """The master keeps the sockets open: whom the kernel has taken for a worker that died is served by the next."""
    server = serve(site, files)
    stopped = workers(server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET / HTTP/1.1"))
    for pid in stopped:
        os.kill(pid, signal.SIGKILL)
    for client in clients:
        assert client.response().text == "home"


def test_worker_that_dies_again_and_again_is_restarted_with_a_growing_delay(serve):
    """At once at first, then after 100, 200, 400 ms; the other one serves meanwhile."""
    server = serve(site, files)
    other = min(workers(server))
    seen = workers(server)
    gaps = []
    for _ in range(4):
        victim = next(iter(workers(server) - {other}))
        died = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: children(server.pid) - seen, "another one")
        gaps.append(time.monotonic() - died)
        seen |= children(server.pid)
    if max(time.monotonic() - died, *gaps[:-1]) < 1:  # else a busy machine let one live long enough to begin anew
        for delay in (100, 200, 400):
            server.wait_for_error("alert", "in a row", f"in {delay} ms")
        assert gaps[1] >= 0.1 and gaps[2] >= 0.2 and gaps[3] >= 0.4
    wait_for(lambda: server.get("/").text == "home", "it serves")
    workers(server)


def test_worker_told_to_end_finishes_and_is_replaced(serve):
    """TERM to one worker: its download goes on to the end. Clients that come to its socket meanwhile wait for its
    successor, and don't keep it busy."""
    server = serve(site, files)
    with server.connect(receive_buffer=65536) as client:
        mine = worker_of(server, client, "mine")
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head().status == 200
        os.kill(mine, signal.SIGTERM)
        server.wait_for_error("notice", f"{mine}#0: draining")
        waiting = [server.connect() for _ in range(20)]
        for other in waiting:
            other.send(request("GET / HTTP/1.1"))
        before = cpu_ticks(mine)
        time.sleep(0.5)
        assert cpu_ticks(mine) - before <= 0.2 * os.sysconf("SC_CLK_TCK")
        assert client.take(len(large)) == large
        client.assert_closed()
    for other in waiting:
        assert other.response().text == "home"
    assert mine not in workers(server, but=[mine])
    server.wait_for_error("notice", f"process {mine}", "ended with status 0")


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


# The end

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signal_to_all_of_them_lets_downloads_finish(serve, number, tmp_path):
    """^C reaches the terminal's whole process group, and systemd signals all of a service's processes: workers don't
    take that, and the master's order after it, for a second signal. In the end nothing is left of them."""
    server = serve("pid run.pid;\n" + site, files)
    assert (tmp_path / "run.pid").read_text() == f"{server.pid}\n"
    both = workers(server)
    with server.connect(receive_buffer=65536) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        assert client.read_head().status == 200
        for pid in [*both, server.pid]:
            os.kill(pid, number)
        wait_for(lambda: refused(server), "nobody listens any more")
        for pid in both:
            if is_running(pid):
                os.kill(pid, number)
        assert server.process.poll() is None
        assert client.take(len(large)) == large
        client.assert_closed()
    assert server.wait() == 0
    wait_until_gone(both)
    assert not (tmp_path / "run.pid").exists()
    server.ended()


def test_second_signal_to_the_master_cuts(serve):
    """Who can't wait for the downloads says so twice."""
    server = serve(site, files)
    both = workers(server)
    with server.connect(receive_buffer=4096) as client:
        client.send(request("GET /large.bin HTTP/1.1"))
        client.read_head()
        server.signal(signal.SIGTERM)
        wait_for(lambda: refused(server), "nobody listens any more")
        assert server.process.poll() is None
        server.signal(signal.SIGTERM)
        assert server.wait(2) == 0
    wait_until_gone(both)
    assert "connections were cut off" in server.errors
    server.ended()


def test_worker_that_hangs_is_killed_after_the_second_signal(serve):
    """A worker that doesn't listen to anybody doesn't keep the master from ending."""
    server = serve(site, files)
    hanging = min(workers(server))
    os.kill(hanging, signal.SIGSTOP)
    server.signal(signal.SIGTERM)
    server.wait_for_error("notice", "the workers finish")
    server.signal(signal.SIGTERM)
    assert server.wait(10) == 0
    assert f"process {hanging}) does not end" in server.errors
    server.ended()


def test_who_stands_in_the_backlog_is_served_before_the_end(serve):
    """Clients whose connection the kernel has taken get their answer, whichever worker they were meant for."""
    server = serve(site, files)
    for pid in workers(server):
        os.kill(pid, signal.SIGSTOP)
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET / HTTP/1.1"))
    both = children(server.pid)
    server.signal(signal.SIGTERM)
    server.wait_for_error("notice", "the workers finish")
    for pid in both:
        os.kill(pid, signal.SIGCONT)
    for client in clients:
        answer = client.response()
        assert answer.text == "home" and answer.closes
    assert server.wait() == 0
    server.ended()


def test_no_worker_outlives_a_master_that_was_killed(serve):
    """SIGKILL leaves the master no time to tell them; the kernel does. It would not if it had been asked before the
    workers switched the user."""
    server = serve(("user nobody;\n" if os.geteuid() == 0 else "") + site, files)
    both = workers(server)
    server.get("/")
    server.signal(signal.SIGKILL)
    server.wait()
    wait_until_gone(both)
    assert refused(server)
    server.ended()


def test_worker_whose_master_died_before_the_kernel_was_told_ends_too(serve, tool):
    """Between fork and prctl nobody would tell it: so it looks who its parent is. strace holds it up there."""
    strace = (tool("strace"), "-E", "ASAN_OPTIONS=detect_leaks=0", "-D", "-f", "-o", "/dev/null",
              "-e", "trace=prctl", "-e", "inject=prctl:delay_enter=500ms")
    try:
        server = serve(site, files, command=strace)
    except AssertionError as error:
        pytest.skip(f"strace can't delay system calls here: {error}")
    server.expected_stderr.append("webserv: worker not started: the master process is gone")
    both = workers(server)
    server.signal(signal.SIGKILL)
    server.wait()
    wait_until_gone(both)
    assert refused(server)
    assert "worker not started: the master process is gone" in server.stderr
    server.ended()


def test_hup_without_a_terminal_changes_nothing(serve):
    """Neither for the master nor, sent to it by mistake, for a worker."""
    server = serve(site, files)
    both = workers(server)
    for pid in (server.pid, *both):
        os.kill(pid, signal.SIGHUP)
    server.wait_for_error("warn", "HUP")
    assert server.get("/").text == "home"
    assert workers(server) == both


# Logs and numbers

def test_usr1_opens_the_logs_of_all_anew(serve, tmp_path):
    """The master passes it on, and has new files itself: a worker that it starts later writes there too."""
    server = serve(site, files)
    both = workers(server)
    for i in range(20):
        server.get(f"/none-before-{i}")
    for name in ("access.log", "error.log"):
        (tmp_path / name).rename(tmp_path / (name + ".1"))
    server.signal(signal.SIGUSR1)

    def writers():
        server.get("/none")
        return set(who_answered(server)) if server.error_log.exists() else set()

    wait_for(lambda: writers() >= both, "both write to the new file")
    os.kill(min(both), signal.SIGKILL)
    server.wait_for_error("alert", "killed by SIGKILL")
    wait_for(lambda: writers() - both, "the new one does")
    assert "none-before" not in server.errors
    server.baseline = server.descriptors()
    server.stop()
    assert not any("none-before" in line for line in server.accesses)
    assert len((tmp_path / "access.log.1").read_text().splitlines()) >= 20
    assert "KILL" not in (tmp_path / "error.log.1").read_text()


def test_lines_of_two_workers_come_whole_out_of_a_pipe(serve, tmp_path):
    """What is written at once ends with a line: else the other worker's would begin in its middle. The reader is slow,
    so that both have to stop again and again."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 8192)
    server = serve("access_log pipe;\n" + site, files)
    clients = [client for some in clients_of_both(server).values() for client in some]
    for i in range(8):
        for client in clients:
            assert client.get("/", f"User-Agent: {'x' * (700 + i)}").text == "home"
    text = b""

    def all_there():
        nonlocal text
        try:
            text += os.read(reader, 4096)
        except BlockingIOError:
            pass
        return text.count(b"\n") >= 9 * len(clients)

    wait_for(all_there, "all lines", 20)
    os.close(reader)
    pattern = r'127\.0\.0\.1 - - \[[^]]+\] "GET [^"]*" \d+ \d+ "-" "(-|x+)"'
    assert not [line for line in text.decode().splitlines() if not re.fullmatch(pattern, line)]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_served_is_summed_up_at_the_end(serve, processes):
    """Requests and connections of all workers; those of one that was killed count too."""
    server = serve(site.replace("worker_processes 2", f"worker_processes {processes}"), files)
    for _ in range(30):
        with server.connect() as client:
            client.get("/")
            client.get("/none")
    expected = "served 60 requests on 30 connections"
    if processes == 2:
        victim = min(workers(server))
        os.kill(victim, signal.SIGKILL)
        workers(server, but=[victim])
        server.get("/")
        expected = "served 61 requests on 31 connections, 1 workers were replaced"
    server.stop()
    assert re.search(rf"\[notice\] {server.pid}#0: {expected}$", server.errors, re.M), server.errors


# Addresses

def test_unix_socket_is_shared(serve, tmp_path):
    """Both take clients from the one socket, which is gone at the end."""
    server = serve(f"worker_processes 2;\nserver {{ listen unix:{tmp_path}/s.sock; root www; }}", files)
    both = workers(server)

    def all_at_once():
        clients = [server.connect() for _ in range(50)]
        for client in clients:
            client.send(request("GET /none HTTP/1.1"))
        for client in clients:
            assert client.response().status == 404
            client.close()
        return set(who_answered(server)) == both

    wait_for(all_at_once, "both have answered")
    server.stop()
    assert not (tmp_path / "s.sock").exists()


def test_several_addresses(serve, tmp_path):
    """Each `listen` is told once, and leads to its own server in both workers."""
    server = serve(f"""
        worker_processes 2;
        server {{
            listen 127.0.0.1:0; return 200 first;
        }}
        server {{
            listen 127.0.0.2:0;
            listen unix:{tmp_path}/s.sock;
            return 200 second;
        }}
    """, sockets=3)
    for _ in range(20):
        assert [server.get("/", index=i).text for i in range(3)] == ["first", "second", "second"]


def test_address_in_use_is_refused(serve, tmp_path):
    """Although SO_REUSEPORT would let the same user listen there a second time and take half of the clients."""
    server = serve(site, files)
    (tmp_path / "second.conf").write_text(site.replace("127.0.0.1:0", f"127.0.0.1:{server.port}"))
    result = run("-c", tmp_path / "second.conf", cwd=tmp_path)
    assert result.returncode == 1
    assert f"127.0.0.1:{server.port}" in result.stderr and "ddress already in use" in result.stderr
    assert server.get("/").text == "home"


def test_port_is_free_for_the_next_one_at_once(serve):
    """Connections of the old workers that are in TIME_WAIT don't count as somebody who listens."""
    first = serve(site, files)
    port = first.port
    with first.connect() as client:
        client.get("/", "Connection: close")
        client.rest()
    first.stop()
    second = serve(site.replace("127.0.0.1:0", f"127.0.0.1:{port}"), files)
    assert second.get("/").text == "home"


def test_reuseport_shares_an_address_on_purpose(serve, tmp_path):
    """Who says `reuseport` may listen beside another server that said so too."""
    port = free_port()
    shared = site.replace("127.0.0.1:0", f"127.0.0.1:{port} reuseport")
    server = serve(shared, files)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "www").mkdir()
    other = Server(tmp_path / "other", "error_log error.log;\naccess_log off;\n" + shared)
    other.stop()
    assert server.get("/").text == "home"


# Rights

@pytest.fixture
def open_folder():
    """One that every user can go into, unlike pytest's own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="webserv-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_workers_become_the_user_and_the_master_stays_root(open_folder):
    """As in nginx. The logs that USR1 opens anew are the user's: a link that he put in their place isn't followed to
    where only root can write."""
    (open_folder / "www").mkdir()
    server = Server(open_folder, "user nobody;\nerror_log error.log info;\naccess_log access.log;\n" + site)
    nobody = pwd.getpwnam("nobody").pw_uid
    try:
        both = workers(server)

        def ids(pid):
            return set(re.search(r"^Uid:\s+(.*)$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1].split())

        wait_for(lambda: all(ids(pid) == {str(nobody)} for pid in both), "the workers are nobody")
        assert ids(server.pid) == {"0"}
        (open_folder / "error.log").rename(open_folder / "error.log.1")
        (open_folder / "access.log").rename(open_folder / "access.log.1")
        (open_folder / "secret").touch(mode=0o600)
        (open_folder / "access.log").symlink_to("secret")
        server.signal(signal.SIGUSR1)
        wait_for(lambda: server.errors.count("access.log: permission denied") == 3, "three complaints")
        assert server.error_log.stat().st_uid == nobody
        assert ids(server.pid) == {"0"}
        os.kill(min(both), signal.SIGKILL)
        workers(server, but=[min(both)])
        server.get("/")
        server.baseline = server.descriptors()
        server.stop()
    finally:
        server.process.kill()
        server.process.wait()
    wait_until_gone(both)
    assert (open_folder / "secret").read_bytes() == b""
