#!/usr/bin/python3
"""Says in JSON lines what goes over the wires of its network namespace: UDP, TCP with content, and IGMP (IPv4)."""

import json
import socket
import struct

ALL_PROTOCOLS = 3
ICMP, IGMP, TCP, UDP = 1, 2, 6, 17
NAMES = {ICMP: "icmp", IGMP: "igmp", TCP: "tcp", UDP: "udp"}


def describe(packet):
    """What one IPv4 packet says, or None for what nobody asks about."""
    header, protocol = (packet[0] & 15) * 4, packet[9]
    if protocol not in NAMES:
        return None
    total = struct.unpack(">H", packet[2:4])[0]
    found = {
        "protocol": NAMES[protocol],
        "source": socket.inet_ntoa(packet[12:16]), "destination": socket.inet_ntoa(packet[16:20]),
    }
    content = packet[header:total]
    if protocol in (TCP, UDP):
        found["source_port"], found["destination_port"] = struct.unpack(">HH", content[:4])
        content = content[(content[12] >> 4) * 4 if protocol == TCP else 8:]
        if protocol == TCP and not content:
            return None
    found["content"] = content[:300].decode("latin-1")
    return found


def main():
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL_PROTOCOLS))
    print(json.dumps({"protocol": "ready"}), flush=True)
    while True:
        packet, (_, kind, direction, _, _) = wire.recvfrom(65536)
        found = describe(packet) if kind == 0x0800 and len(packet) >= 20 else None
        if found:
            found["is_ours"] = direction == socket.PACKET_OUTGOING
            print(json.dumps(found), flush=True)


main()
