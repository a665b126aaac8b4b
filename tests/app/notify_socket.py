# Prints each datagram that a program sends to its service manager, one a line.
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
receiver.bind("\0" + name[1:] if name.startswith("@") else name)
print("listening", flush=True)
while True:
    print(receiver.recv(4096).decode(), flush=True)
