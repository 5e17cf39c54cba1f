"""nginx with the same servers and files, to compare answers with."""

import contextlib
import os
import subprocess

from webserv_process import Client, request, wait_for


@contextlib.contextmanager
def nginx_beside(binary, folder, servers, http=""):
    """Runs nginx in `folder` with these server blocks, which listen on 127.0.0.1:0; relative folders in them start
    beside `folder`. Gives ask(path) -> Response."""
    folder.mkdir()
    address, top = folder / "socket", folder.parent
    servers = servers.replace("127.0.0.1:0", f"unix:{address}")
    for directive in ("root", "alias"):
        servers = servers.replace(f"{directive} ", f"{directive} {top}/")
    temporary = "".join(f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = folder / "nginx.conf"
    config.write_text(f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{ }} "
                      f"http {{ access_log off; {temporary} {http} {servers} }}")
    process = subprocess.Popen([binary, "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
    try:
        # It writes its number when it listens.
        wait_for(lambda: os.path.exists(folder / "pid"), "nginx to listen")

        def ask(path):
            with Client(str(address)) as client:
                return client.ask(request(f"GET {path} HTTP/1.1"))

        yield ask
    finally:
        process.terminate()
        process.wait()
