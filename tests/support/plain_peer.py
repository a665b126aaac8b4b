#!/usr/bin/python3
"""A peer that speaks plainly: IP PORT INFO_HASH, and what it does.

extensions
    Prints the names of the extensions that it is offered (BEP 10), or "refused".
fetch SIZE PIECE_LENGTH FIRST END TOLD HOW
    Asks for the blocks from FIRST on, before END, counted through all pieces, having said that it has the first TOLD
    pieces; it says nothing of what it gets. Then it leaves, HOW: "done" has read all; "early" ends with most of it
    under way; "torn" has not read what has come (the connection is reset).
"""

import re
import socket
import struct
import sys

BLOCK = 16384
AHEAD = 40  # requests
HAVE, INTERESTED, REQUEST, UNCHOKE, PIECE = 4, 2, 6, 1, 7


def receive(wire, length):
    content = b""
    while len(content) < length:
        more = wire.recv(length - len(content))
        if not more:
            raise ConnectionError
        content += more
    return content


def message(wire):
    return receive(wire, struct.unpack(">I", receive(wire, 4))[0])


def say(wire, kind, *numbers):
    wire.sendall(struct.pack(f">IB{len(numbers)}I", 1 + 4 * len(numbers), kind, *numbers))


def shake_hands(wire, info_hash, can_extend):
    reserved = bytes([0, 0, 0, 0, 0, 16 if can_extend else 0, 0, 0])
    wire.sendall(b"\x13BitTorrent protocol" + reserved + info_hash + b"-XX0000-" + b"x" * 12)
    receive(wire, 68)


def extensions(wire, info_hash):
    shake_hands(wire, info_hash, True)
    while True:
        heard = message(wire)
        if heard[:2] == b"\x14\x00":
            names = re.search(rb"1:md((?:\d+:[a-z_0-9]+i\d+e)*)e", heard).group(1)
            print(b" ".join(re.findall(rb"\d+:([a-z_]+[a-z])", names)).decode())
            return


def until(wire, kind):
    while message(wire)[:1] != bytes([kind]):
        pass


def ask(wire, block, size, piece_length):
    piece, start = divmod(block * BLOCK, piece_length)
    say(wire, REQUEST, piece, start, min(BLOCK, size - block * BLOCK))


def fetch(wire, info_hash, size, piece_length, first, end, told, how):
    shake_hands(wire, info_hash, False)
    for piece in range(told):
        say(wire, HAVE, piece)
    say(wire, INTERESTED)
    until(wire, UNCHOKE)
    for block in range(first, end):
        ask(wire, block, size, piece_length)
        if how == "done" and block >= first + AHEAD:
            until(wire, PIECE)
    for _ in range(min(AHEAD, end - first) if how == "done" else 0):
        until(wire, PIECE)
    if how != "done":
        until(wire, PIECE)
        wire.recv(1, socket.MSG_PEEK)
    if how == "torn":
        return
    wire.shutdown(socket.SHUT_WR)
    if how == "early":
        sys.stdin.read()  # what is under way stays there
    while how == "done" and wire.recv(65536):
        pass


def main():
    address, port, info_hash, what, *words = sys.argv[1:]
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as wire:
        wire.settimeout(10)
        if words[-1:] == ["early"]:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        try:
            wire.connect((address, int(port)))
            if what == "extensions":
                extensions(wire, bytes.fromhex(info_hash))
            else:
                fetch(wire, bytes.fromhex(info_hash), *map(int, words[:-1]), words[-1])
                print("left", flush=True)
        except ConnectionError:
            print("refused")


main()
