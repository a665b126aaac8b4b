"""A foreign torrent client for engine_spec.lua: python3-libtorrent, on loopback only.

hashes FORMAT PIECE_LENGTH ROOT PATH...   prints pieces, roots and layers in hex
inspect TORRENT                           prints what libtorrent reads from a .torrent
magnet URI                                prints what libtorrent reads from a magnet
piece-length SIZE                         prints libtorrent's automatic piece length
receive TORRENT FOLDER [KEY=VALUE...]     downloads; prints events; ends when its input does
"""
import hashlib
import os
import select
import sys

import libtorrent as lt

BLOCK = 16384


def merkle(leaves, width, filler):
    leaves = leaves + [filler] * (width - len(leaves))
    while len(leaves) > 1:
        leaves = [hashlib.sha256(leaves[i] + leaves[i + 1]).digest() for i in range(0, len(leaves), 2)]
    return leaves[0]


def power(count):
    width = 1
    while width < count:
        width *= 2
    return width


def file_hashes(content, piece_length):
    """The root of a file, and its piece layer where it is larger than a piece."""
    if not content:
        return bytes(32), []
    blocks = [hashlib.sha256(content[i:i + BLOCK]).digest() for i in range(0, len(content), BLOCK)]
    if len(content) <= piece_length:
        return merkle(blocks, power(len(blocks)), bytes(32)), []
    per_piece = piece_length // BLOCK
    layer = [merkle(blocks[i:i + per_piece], per_piece, bytes(32)) for i in range(0, len(blocks), per_piece)]
    return merkle(layer, power(len(layer)), merkle([], per_piece, bytes(32))), layer


def hashes(form, piece_length, root, paths):
    piece_length = int(piece_length)
    stream, roots, layers = b"", b"", b""
    for path in paths:
        content = open(os.path.join(root, path), "rb").read()
        if form == "hybrid" and content and len(stream) % piece_length:
            stream += bytes(piece_length - len(stream) % piece_length)
        stream += content
        file_root, layer = file_hashes(content, piece_length)
        roots += file_root
        layers += b"".join(layer)
    pieces = b"".join(hashlib.sha1(stream[i:i + piece_length]).digest() for i in range(0, len(stream), piece_length))
    print("pieces", pieces.hex() if form != "v2" else "")
    print("roots", roots.hex() if form != "v1" else "")
    print("layers", layers.hex() if form != "v1" else "")


def inspect(path):
    info = lt.torrent_info(path)
    both = info.info_hashes()
    print("v1", both.v1 if both.has_v1() else "-")
    print("v2", both.v2 if both.has_v2() else "-")
    print("name", info.name())
    print("private", info.priv())
    print("creator", info.creator())
    print("trackers", len(list(info.trackers())))
    files = info.orig_files()
    for i in range(files.num_files()):
        pad = files.file_flags(i) & lt.file_flags_t.flag_pad_file
        print("pad" if pad else "file", files.file_size(i), files.file_path(i))


def magnet(uri):
    p = lt.parse_magnet_uri(uri)
    print("v1", p.info_hashes.v1 if p.info_hashes.has_v1() else "-")
    print("v2", p.info_hashes.v2 if p.info_hashes.has_v2() else "-")
    print("name", p.name)
    for tracker in p.trackers:
        print("tracker", tracker)
    for seed in p.url_seeds:
        print("seed", seed)
    for peer in p.peers:
        print("peer", peer[0], peer[1])


def automatic_piece_length(size):
    files = lt.file_storage()
    files.add_file("x", int(size))
    print(lt.create_torrent(files, 0, lt.create_torrent.v1_only).piece_length())


POLICIES = {
    "plain": {"in_enc_policy": 2, "out_enc_policy": 2},
    "prefer": {"in_enc_policy": 1, "out_enc_policy": 1, "prefer_rc4": True},
}


def receive(torrent, folder, **options):
    settings = {
        "listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False,
        "enable_upnp": False, "enable_natpmp": False, "enable_incoming_utp": False,
        "enable_outgoing_utp": False, "allow_multiple_connections_per_ip": True,
        "alert_mask": lt.alert.category_t.all_categories & ~lt.alert.category_t.session_log_notification
        & ~lt.alert.category_t.torrent_log_notification & ~lt.alert.category_t.peer_log_notification
        & ~lt.alert.category_t.picker_log_notification,
    }
    if options.get("stays"):
        settings["close_redundant_connections"] = False
    settings.update(POLICIES[options.get("policy", "prefer")])
    session = lt.session(settings)
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~lt.torrent_flags.auto_managed
    parameters.flags &= ~lt.torrent_flags.paused
    if "limit" in options:
        parameters.download_limit = int(options["limit"])
    if options.get("seed"):
        parameters.flags |= lt.torrent_flags.seed_mode
    handle = session.add_torrent(parameters)
    if "peer" in options:
        address, port = options["peer"].rsplit(":", 1)
        handle.connect_peer((address, int(port)))
    last = None
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], 0.02)
        if readable and not sys.stdin.readline():
            return
        for alert in session.pop_alerts():
            kind = type(alert).__name__
            if kind == "listen_succeeded_alert" and alert.socket_type == lt.socket_type_t.tcp:
                print("port", alert.port, flush=True)
            elif kind == "torrent_finished_alert":
                print("finished", flush=True)
            elif kind in ("hash_failed_alert", "peer_ban_alert", "peer_disconnected_alert", "peer_connect_alert"):
                print(kind, alert.message(), flush=True)
        done = handle.status().total_wanted_done
        if done != last:
            print("done", done, flush=True)
            last = done


def main():
    command, *words = sys.argv[1:]
    if command == "hashes":
        hashes(words[0], words[1], words[2], words[3:])
    elif command == "inspect":
        inspect(words[0])
    elif command == "magnet":
        magnet(words[0])
    elif command == "piece-length":
        automatic_piece_length(words[0])
    elif command == "receive":
        receive(words[0], words[1], **dict(word.split("=", 1) for word in words[2:]))


main()
