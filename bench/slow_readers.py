"""Readers that take 4 KiB now and then, as phones far away do: slow_readers.py URL COUNT. Says `ready` when all are on."""
import select, socket, sys, time, urllib.parse

url, count = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2])
readers = []
for number in range(count):
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    reader.bind((f"127.0.0.{2 + number % 8}", 0))  # one address has a limit of connections
    reader.connect((url.hostname, url.port))
    reader.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
    readers.append(reader)
for reader in readers:
    assert reader.recv(12) == b"HTTP/1.1 200", "a reader was refused"
print("ready", flush=True)
while True:
    for reader in select.select(readers, [], [], 1)[0]:
        assert reader.recv(4096), "a reader was cut"
    time.sleep(0.05)
