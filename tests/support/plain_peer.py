#!/usr/bin/python3
"""A peer that speaks plainly: IP PORT INFO_HASH. Prints the names of the extensions that it is offered (BEP 10), or
"refused"."""

import re
import socket
import struct
import sys


def receive(wire, length):
    content = b""
    while len(content) < length:
        more = wire.recv(length - len(content))
        if not more:
            raise ConnectionError
        content += more
    return content


def extensions(wire, info_hash):
    wire.sendall(b"\x13BitTorrent protocol" + bytes([0, 0, 0, 0, 0, 16, 0, 0]) + info_hash + b"-XX0000-" + b"x" * 12)
    receive(wire, 68)
    while True:
        message = receive(wire, struct.unpack(">I", receive(wire, 4))[0])
        if message[:2] == b"\x14\x00":
            names = re.search(rb"1:md((?:\d+:[a-z_0-9]+i\d+e)*)e", message).group(1)
            return re.findall(rb"\d+:([a-z_]+[a-z])", names)


def main():
    address, port, info_hash = sys.argv[1:]
    try:
        with socket.create_connection((address, int(port)), 10) as wire:
            wire.settimeout(10)
            print(" ".join(name.decode() for name in extensions(wire, bytes.fromhex(info_hash))))
    except ConnectionError:
        print("refused")


main()
