#!/usr/bin/python3
"""A recipient made of libtorrent: given a magnet, it says in JSON lines what happens to it.

Commands come as lines on stdin: `connect IP PORT`, `offer IP PORT` (connect as one who has it all and has
never met that peer), `limit BYTES` (download, a second; 0 = none), `add FOLDER MAGNET`,
`announce URL` (to that tracker alone, percent-encoded), `report`, `quit`. Each torrent is named by its info-hash in hex.
"""

import argparse
import json
import os
import select
import time
from urllib.parse import unquote

import libtorrent as lt

DISCOVERY_OFF = (
    lt.torrent_flags.disable_dht | lt.torrent_flags.disable_lsd | lt.torrent_flags.disable_pex
)
POLICY = {
    "off": lt.enc_policy.pe_disabled,
    "on": lt.enc_policy.pe_enabled,
    "forced": lt.enc_policy.pe_forced,
}


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def open_session(options):
    """A session that looks for nobody: it knows only what the magnet and its commands tell it."""
    return lt.session({
        "listen_interfaces": f"{options.bind}:{options.port}",
        "outgoing_interfaces": options.bind,
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_incoming_utp": False, "enable_outgoing_utp": False,
        "in_enc_policy": POLICY[options.encryption], "out_enc_policy": POLICY[options.encryption],
        "allow_multiple_connections_per_ip": True,
        "min_reconnect_time": 1, "max_failcount": 100,
        "alert_mask": lt.alert.category_t.all_categories & ~lt.alert.category_t.performance_warning
        & ~lt.alert.category_t.session_log_notification
        & ~lt.alert.category_t.torrent_log_notification
        & ~lt.alert.category_t.peer_log_notification
        & ~lt.alert.category_t.dht_notification,
        "alert_queue_size": 100000,
    })


class Recipient:
    def __init__(self, options):
        self.options = options
        self.session = open_session(options)
        self.torrents = {}
        self.limit = options.download_limit
        self.unfinished = 0
        self.reported = {}
        self.next_report = 0.0
        self.input = b""

    def add(self, magnet, out):
        params = lt.parse_magnet_uri(magnet)
        params.save_path = out
        params.flags = (params.flags | DISCOVERY_OFF) & ~lt.torrent_flags.auto_managed
        params.flags &= ~lt.torrent_flags.paused
        if self.options.trackers == "off":
            params.trackers = []
        handle = self.session.add_torrent(params)
        # On the torrent, not the session: libtorrent exempts private addresses from the latter.
        handle.set_download_limit(self.limit)
        handle.set_upload_limit(self.options.upload_limit)
        self.torrents[str(handle.info_hash())] = handle
        self.unfinished += 1
        say("added", info_hash=str(handle.info_hash()))

    def offer(self, endpoint):
        """A finished torrent never calls a peer that it knows as a seed: so it starts anew."""
        for info_hash, handle in self.torrents.items():
            params = lt.add_torrent_params()
            params.ti = handle.torrent_file()
            params.save_path = handle.status().save_path
            params.flags = lt.torrent_flags.seed_mode | DISCOVERY_OFF
            self.session.remove_torrent(handle)
            self.torrents[info_hash] = self.session.add_torrent(params)
            self.torrents[info_hash].connect_peer(endpoint)

    def report(self, always=True):
        """How far each torrent is, and what each connected peer has given."""
        for info_hash, handle in self.torrents.items():
            status = handle.status()
            peers = [{
                "address": peer.ip[0], "port": peer.ip[1],
                "client": peer.client.decode(errors="replace"),
                "rc4": bool(peer.flags & lt.peer_info.rc4_encrypted),
                "received": peer.total_download, "sent": peer.total_upload,
            } for peer in handle.get_peer_info() if not peer.flags & lt.peer_info.connecting]
            fields = {
                "progress": status.progress, "done": status.total_wanted_done, "peers": peers,
                "seeding": status.is_seeding,
            }
            if always or self.reported.get(info_hash) != fields:
                self.reported[info_hash] = fields
                say("progress", info_hash=info_hash, **fields)

    def command(self, line):
        word, _, rest = line.strip().partition(" ")
        if word in ("connect", "offer"):
            address, port = rest.split()
            if word == "offer":
                self.offer((address, int(port)))
            else:
                for handle in self.torrents.values():
                    handle.connect_peer((address, int(port)))
        elif word == "limit":
            self.limit = int(rest)
            for handle in self.torrents.values():
                handle.set_download_limit(self.limit)
        elif word == "add":
            out, magnet = rest.rsplit(" ", 1)
            self.add(magnet, out)
        elif word == "announce":
            for handle in self.torrents.values():
                handle.replace_trackers([{"url": unquote(rest), "tier": 0}])
                handle.force_reannounce()
        elif word == "report":
            self.report()
        return word != "quit"

    def hear(self, alert):
        info_hash = None
        if isinstance(alert, lt.torrent_alert) and alert.handle.is_valid():
            info_hash = str(alert.handle.info_hash())
        if isinstance(alert, lt.metadata_received_alert):
            say("metadata", info_hash=info_hash)
        elif isinstance(alert, lt.torrent_finished_alert):
            # Also seen for a torrent without metadata: it has nothing left to want.
            if alert.handle.status().has_metadata and alert.handle.status().is_seeding:
                self.report()
                say("finished", info_hash=info_hash)
                self.unfinished -= 1
        elif isinstance(alert, lt.hash_failed_alert):
            say("hash-failed", info_hash=info_hash, piece=alert.piece_index)
        elif isinstance(alert, lt.peer_ban_alert):
            say("banned", info_hash=info_hash, address=alert.ip[0])
        elif isinstance(alert, lt.peer_connect_alert):
            say("connected", info_hash=info_hash, address=alert.ip[0], port=alert.ip[1])
        elif isinstance(alert, (lt.peer_disconnected_alert, lt.peer_error_alert)):
            say("disconnected", info_hash=info_hash, address=alert.ip[0], reason=alert.message())
        elif isinstance(alert, (lt.torrent_error_alert, lt.file_error_alert, lt.tracker_error_alert,
                                lt.listen_failed_alert)):
            say("error", info_hash=info_hash, message=alert.message())

    def obey(self):
        """Runs the commands that have come within 20 ms; False once it is to end."""
        readable, _, _ = select.select([0], [], [], 0.02)
        if not readable:
            return True
        data = os.read(0, 65536)
        *lines, self.input = (self.input + data).split(b"\n")
        return bool(data) and all([self.command(line.decode()) for line in lines])

    def run(self):
        """Until told to quit, or, without --stay, until everything is here. Ends with stdin."""
        while (self.options.stay or self.unfinished) and self.obey():
            for alert in self.session.pop_alerts():
                self.hear(alert)
            if time.monotonic() > self.next_report:
                self.next_report = time.monotonic() + 0.2
                self.report(always=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("magnet")
    parser.add_argument("out")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6881)
    parser.add_argument("--encryption", choices=sorted(POLICY), default="on")
    parser.add_argument("--download-limit", type=int, default=0, help="bytes a second")
    parser.add_argument("--upload-limit", type=int, default=0, help="bytes a second")
    parser.add_argument("--trackers", choices=["on", "off"], default="on")
    parser.add_argument("--stay", action="store_true", help="seed until told to quit")
    recipient = Recipient(parser.parse_args())
    recipient.add(recipient.options.magnet, recipient.options.out)
    recipient.run()
    os._exit(0)  # the session's own goodbye would wait for the tracker


if __name__ == "__main__":
    main()
