#!/usr/bin/python3
"""Connections that say nothing, or very little: flood.py PORT COUNT idle|slow.

Opens COUNT connections to 127.0.0.1:PORT from many addresses of 127.0.0.0/8, 50 each, and says `ready N`, N being how many
are open. `idle` ones stay silent; `slow` ones send their request's headers a byte every half second. When all have been
closed by the other side it says `closed SECONDS`: how long the last one lived.
"""

import select
import socket
import sys
import time

PER_ADDRESS = 50


def connect(port, number):
    connection = socket.socket()
    connection.bind((f"127.9.{number // PER_ADDRESS}.1", 0))
    connection.setblocking(False)
    connection.connect_ex(("127.0.0.1", port))
    return connection


def main():
    port, count, is_slow = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "slow"
    poll, connections, last, due = select.poll(), {}, 0, 0
    for number in range(count):
        connection = connect(port, number)
        connections[connection.fileno()] = (connection, time.monotonic())
        poll.register(connection, select.POLLIN)
        if is_slow:
            connection.setblocking(True)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
    print("ready", len(connections), flush=True)
    while connections:
        for descriptor, _ in poll.poll(100):
            connection, begun = connections[descriptor]
            try:
                is_open = connection.recv(4096) != b""
            except OSError:
                is_open = False
            if not is_open:
                last = max(last, time.monotonic() - begun)
                poll.unregister(descriptor)
                connection.close()
                del connections[descriptor]
        if is_slow and time.monotonic() > due:
            due = time.monotonic() + 0.5
            for connection, _ in connections.values():
                try:
                    connection.send(b"x")
                except OSError:
                    pass  # its end is seen above
    print(f"closed {last:.1f}", flush=True)


main()
