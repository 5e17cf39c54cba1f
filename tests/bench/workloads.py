"""What the servers are asked: the files that they serve, and the kinds of load, one row each."""

import dataclasses
import os
import pathlib
import typing

many_files = 10_000
large_size = 1 << 20
part = (524_288, 4096)  # offset and size of the range that is asked for; floor.cpp answers the same one

# What a current desktop browser says besides Host: about 700 bytes.
browser_fields = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
                  "Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-US,en;q=0.9,fr;q=0.8",
    "Cache-Control": "max-age=0",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
    "Cookie": "session=6b1f0c0e5d0f4a0b9e7f; theme=dark; consent=all; _ga=GA1.1.1234567890.1700000000",
}


def small_page():
    return (b"<!doctype html><title>small</title>" + b"<p>the page that everybody asks for</p>\n" * 40)[:612]


def many_page(index):
    return (b"%d " % index * 4096)[:4096]


def make_site(root):
    """The folder that every server serves."""
    (root / "many").mkdir(parents=True)
    (root / "small.html").write_bytes(small_page())
    (root / "medium.css").write_bytes((b"body { margin: 0 }\n" * 1000)[:16_384])
    (root / "large.bin").write_bytes(os.urandom(large_size))
    for index in range(many_files):
        (root / "many" / f"{index}.html").write_bytes(many_page(index))


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    about: str
    path: str = "/small.html"
    connections: int = 64
    fields: dict = dataclasses.field(default_factory=dict)
    status: int = 200
    depth: int = 1                              # requests in flight on a connection
    revalidates: bool = False                   # If-None-Match, with the server's own ETag
    floor_path: str = ""                        # where the floor, which reads no fields, has this answer
    lua: str = ""                               # what wrk runs besides
    slice: typing.Optional[tuple] = None        # offset and size of what of the file is sent

    def target(self, server):
        return self.floor_path if server == "floor" and self.floor_path else self.path

    def content(self, root):
        """What must come back; None when that is the server's own affair."""
        if self.status == 304:
            return b""
        if self.status >= 400:
            return None
        whole = pathlib.Path(str(root) + self.path).read_bytes()
        return whole[self.slice[0]:sum(self.slice)] if self.slice else whole


at_random = f"""
function request()
    return wrk.format("GET", "/many/" .. math.random(0, {many_files - 1}) .. ".html")
end
"""

sixteen_at_once = """
function init()
    local requests = {}
    for i = 1, 16 do requests[i] = wrk.format() end
    burst = table.concat(requests)
end
function request() return burst end
"""

workloads = [
    Workload("small", "612 bytes, kept alive"),
    Workload("medium", "16 KiB", path="/medium.css"),
    Workload("large", "1 MiB", path="/large.bin", connections=16),
    Workload("many", "10,000 files of 4 KiB at random", path="/many/0.html", lua=at_random),
    Workload("browser", "612 bytes, asked for with a browser's request head", fields=browser_fields),
    Workload("pipelined", "612 bytes, 16 requests in flight on each connection", depth=16, lua=sixteen_at_once),
    Workload("close", "612 bytes, a connection for each request", fields={"Connection": "close"}),
    Workload("missing", "404 for a file that isn't there", path="/no/such/file.html", status=404),
    Workload("not_modified", "304 by If-None-Match with the server's own ETag", status=304, revalidates=True,
             floor_path="/fresh.html"),
    Workload("ranges", "4 KiB out of 1 MiB by Range", path="/large.bin", status=206, slice=part,
             fields={"Range": f"bytes={part[0]}-{sum(part) - 1}"}, floor_path="/part.bin"),
    Workload("c1000", "612 bytes, 1,000 busy connections", connections=1000),
]
by_name = {workload.name: workload for workload in workloads}
