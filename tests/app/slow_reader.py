"""Downloads URL at RATE bytes a second into FILE, with a receive buffer so small that the system takes no more.

curl --limit-rate reads slowly too, but lets the system receive megabytes ahead, which have then been sent.
"""
import socket
import sys
import time
from urllib.parse import urlsplit

url, rate, path = urlsplit(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
connection = socket.socket()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
connection.connect((url.hostname, url.port))
connection.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
began, received = time.monotonic(), 0
with open(path, "wb", buffering=0) as file:
    while data := connection.recv(4096):
        file.write(data)
        received += len(data)
        time.sleep(max(0, began + received / rate - time.monotonic()))
