#!/usr/bin/env python3
"""A disk that is as slow as a test wants: a file system of one folder that speaks the kernel's FUSE protocol itself.

    slow_disk.py MOUNTPOINT NAME SIZE       as root; prints "mounted", then "read OFFSET LENGTH" for each read that came

Its one file holds `content(SIZE)`. Reads are carried out one after the other, as by one disk; everything else is
answered at once. Commands come on stdin: "hold" makes reads wait, "release" lets them go on, "delay SECONDS" makes each
take so long, "fail" makes them fail. At the end of stdin it unmounts and ends.
"""

import ctypes
import errno
import os
import queue
import signal
import stat
import struct
import sys
import threading
import time

lookup, forget, getattr_, open_, read, statfs, init = 1, 2, 3, 14, 15, 17, 26
opendir, interrupt, destroy, batch_forget = 27, 36, 38, 42
root_node, file_node = 1, 2
keep_cache = 2  # FOPEN_KEEP_CACHE: what was read before stays in the page cache
a_day = 86400


def content(size):
    """Bytes of which each 8 tell where they are."""
    return b"".join(b"%07x\n" % i for i in range((size + 7) // 8))[:size]


def say(line):
    """In one piece, whichever thread speaks."""
    os.write(sys.stdout.fileno(), line.encode() + b"\n")


class SlowDisk:
    def __init__(self, device, name, size):
        self.device = device
        self.name = name.encode()
        self.content = content(size)
        self.reads = queue.SimpleQueue()
        self.may_read = threading.Event()
        self.may_read.set()
        self.delay = 0.0
        self.fails = False

    def attributes(self, node):
        is_file = node == file_node
        mode = (stat.S_IFREG | 0o444) if is_file else (stat.S_IFDIR | 0o755)
        size = len(self.content) if is_file else 0
        return struct.pack("<6Q10I", node, size, (size + 511) // 512, 1_000_000_000, 1_000_000_000, 1_000_000_000,
                           0, 0, 0, mode, 1 if is_file else 2, 0, 0, 0, 4096, 0)

    def reply(self, unique, data=b"", error=0):
        try:
            os.write(self.device, struct.pack("<IiQ", 16 + len(data), -error, unique) + data)
        except OSError as failure:
            if failure.errno != errno.ENOENT:  # who asked doesn't wait any more
                raise

    def answer(self, opcode, unique, node, body):
        if opcode == init:
            _, _, readahead, _ = struct.unpack_from("<4I", body)
            self.reply(unique, struct.pack("<4I2H2I2H8I", 7, 31, readahead, 1, 16, 12, 131072, 1, 0, 0, *[0] * 8))
        elif opcode == lookup and body.rstrip(b"\0") == self.name:
            self.reply(unique, struct.pack("<4Q2I", file_node, 1, a_day, a_day, 0, 0) + self.attributes(file_node))
        elif opcode == lookup:
            self.reply(unique, error=errno.ENOENT)
        elif opcode == getattr_:
            self.reply(unique, struct.pack("<Q2I", a_day, 0, 0) + self.attributes(node))
        elif opcode in (open_, opendir):
            self.reply(unique, struct.pack("<Q2I", 1, keep_cache, 0))
        elif opcode == read:
            _, offset, length = struct.unpack_from("<2QI", body)
            say(f"read {offset} {length}")
            self.reads.put((unique, offset, length))
        elif opcode == statfs:
            self.reply(unique, struct.pack("<5Q4I6I", 1, 0, 0, 2, 0, 4096, 255, 4096, 0, *[0] * 6))
        elif opcode not in (forget, batch_forget, interrupt):
            self.reply(unique, error=errno.ENOSYS)

    def carry_out_reads(self):
        while True:
            unique, offset, length = self.reads.get()
            time.sleep(self.delay)
            self.may_read.wait()
            if self.fails:
                self.reply(unique, error=errno.EIO)
            else:
                self.reply(unique, self.content[offset:offset + length])

    def obey(self):
        for line in sys.stdin:
            command, *arguments = line.split()
            if command == "hold":
                self.may_read.clear()
            elif command == "release":
                self.may_read.set()
            elif command == "delay":
                self.delay = float(arguments[0])
            elif command == "fail":
                self.fails = True
            say("done")

    def serve(self):
        threading.Thread(target=self.carry_out_reads, daemon=True).start()
        while True:
            try:
                message = os.read(self.device, 1024 * 1024)
            except OSError as failure:
                if failure.errno == errno.ENODEV:  # unmounted
                    return
                if failure.errno in (errno.ENOENT, errno.EINTR):  # who asked went away before we saw it
                    continue
                raise
            _, opcode, unique, node = struct.unpack_from("<2I2Q", message)
            self.answer(opcode, unique, node, message[40:])


def main():
    mountpoint, name, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # not without unmounting
    libc = ctypes.CDLL(None, use_errno=True)
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    if libc.mount(b"slow_disk", mountpoint.encode(), b"fuse", 6, options.encode()) != 0:  # MS_NOSUID | MS_NODEV
        sys.exit(f"mount {mountpoint}: {os.strerror(ctypes.get_errno())}")
    disk = SlowDisk(device, name, size)
    threading.Thread(target=disk.serve, daemon=True).start()
    try:
        say("mounted")
        disk.obey()
    finally:
        disk.may_read.set()
        disk.delay = 0.0
        libc.umount2(mountpoint.encode(), 2)  # MNT_DETACH


if __name__ == "__main__":
    main()
