#!/usr/bin/python3
"""A disk that can stall: stalling_disk.py FOLDER SIZE PID-FILE COMMAND….

Mounts on FOLDER, in a mount namespace of its own, a file system with one file, film.bin, of SIZE bytes: each block of
8 is its own number, little-endian. Then it becomes COMMAND. The process that serves the disk writes its id to
PID-FILE: SIGSTOP stalls whatever asks the disk for anything, SIGCONT lets it go on. Needs root and /dev/fuse.

The protocol is the kernel's (linux/fuse.h, 7.31); there is no library to be had everywhere.
"""

import ctypes
import errno
import os
import signal
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH = 1, 2, 3, 14, 15, 17, 18, 25
INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT, DESTROY, BATCH_FORGET = 26, 27, 28, 29, 36, 38, 42
ROOT, FILM = 1, 2
CLONE_NEWNS, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, PR_SET_PDEATHSIG = 0x20000, 1 << 14, 1 << 18, 2, 4, 1
DIRECT_IO = 1
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        sys.exit("stalling_disk.py: " + os.strerror(ctypes.get_errno()))


def attributes(node, size):
    mode, length = (stat.S_IFDIR | 0o755, 0) if node == ROOT else (stat.S_IFREG | 0o644, size)
    time = 1500000000
    return struct.pack("<6Q10I", node, length, (length + 511) // 512, time, time, time, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def content(offset, length):
    first = offset // 8
    blocks = range(first, (offset + length + 7) // 8)
    return struct.pack(f"<{len(blocks)}Q", *blocks)[offset - first * 8:][:length]


def listing(offset):
    entries = [(ROOT, b"."), (ROOT, b".."), (FILM, b"film.bin")]
    reply = b""
    for index, (node, name) in enumerate(entries[offset:], offset + 1):
        entry = struct.pack("<2Q2I", node, index, len(name), 4 if node == ROOT else 8) + name
        reply += entry + bytes(-len(entry) % 8)
    return reply


def answer(operation, node, body, size):
    """The reply to one request, as bytes, or an error number."""
    if operation == INIT:
        return struct.pack("<4I2H2I2H8I", 7, 31, 1 << 17, 0, 12, 9, 1 << 17, 1, 32, 0, *[0] * 8)[:64]
    if operation == LOOKUP:
        if node != ROOT or body.rstrip(b"\0") != b"film.bin":
            return errno.ENOENT
        return struct.pack("<4Q2I", FILM, 0, 0, 0, 0, 0) + attributes(FILM, size)
    if operation == GETATTR:
        return struct.pack("<Q2I", 0, 0, 0) + attributes(node, size)
    if operation in (OPEN, OPENDIR):
        return struct.pack("<Q2I", 0, DIRECT_IO if operation == OPEN else 0, 0)
    if operation == READ:
        _, offset, length = struct.unpack_from("<QQI", body)
        return content(offset, min(length, max(size - offset, 0)))
    if operation == READDIR:
        return listing(struct.unpack_from("<QQ", body)[1])
    if operation in (RELEASE, RELEASEDIR, FLUSH):
        return b""
    if operation == STATFS:
        return struct.pack("<5Q4I24x", 1 << 20, 1 << 19, 1 << 19, 2, 0, 4096, 255, 4096, 0)
    return errno.ENOSYS


def serve(device, size):
    while True:
        try:
            request = os.read(device, (1 << 17) + 4096)
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.EINTR):
                continue
            return  # unmounted
        _, operation, unique, node = struct.unpack_from("<2I2Q", request)
        if operation in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        reply = answer(operation, node, request[40:], size)
        problem, reply = (-reply, b"") if isinstance(reply, int) else (0, reply)
        os.write(device, struct.pack("<IiQ", 16 + len(reply), problem, unique) + reply)


def main():
    folder, size, pid_file, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    check(libc.mount(b"stalling", folder.encode(), b"fuse.stalling", MS_NOSUID | MS_NODEV, options.encode()))
    parent = os.getpid()
    if os.fork() == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            with open(pid_file, "w", encoding="ascii") as file:
                file.write(str(os.getpid()))
            serve(device, size)
        os._exit(0)
    os.close(device)
    os.execvp(command[0], command)


main()
