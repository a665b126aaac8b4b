// A recipient with a BitTorrent client of its own, on loopback: python3-libtorrent, driven by lines.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./until.js";

const program = fileURLToPath(new URL("../clients/recipient.py", import.meta.url));

/**
 * @param {string} magnet
 * @param {number} port of btshare's BitTorrent
 * @param {number} limit bytes a second, 0 for none
 */
export async function startRecipient(magnet, port, limit) {
  const folder = await mkdtemp(join(tmpdir(), "btshare-recipient-"));
  const child = spawn("/usr/bin/python3", [program, magnet, folder, "--port", "0",
    "--download-limit", String(limit), "--stay"], { stdio: ["pipe", "pipe", "inherit"] });
  const events = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line)));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const command = (line) => child.stdin.write(`${line}\n`);
  command(`connect 127.0.0.1 ${port}`);
  return {
    folder,
    /** How far it is, 0…1. */
    progress: () => events.findLast((event) => event.event === "progress")?.progress,
    limit: (bytes) => command(`limit ${bytes}`),
    wait: (kind) => until(() => {
      assert.equal(child.exitCode, null, "the recipient has ended");
      return events.some((event) => event.event === kind);
    }, () => `${kind} never came: ${JSON.stringify(events.slice(-5))}`),
    async close() {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
