// A running btshare for tests in a browser: its events, and its end, by request or by force, and its next start.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { patience } from "./until.js";

/** Starts the program and waits until it says so. @param {string[]} words of its command line */
async function startProgram(words, environment) {
  const child = spawn(process.env.BTSHARE, words, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...environment } });
  const events = [];
  let wake = () => {};
  createInterface({ input: child.stdout }).on("line", (line) => {
    events.push(JSON.parse(line));
    wake();
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));

  /** Waits for an event, of the share of that name. */
  async function wait(kind, name) {
    const deadline = Date.now() + patience;
    for (;;) {
      const event = events.find((item) => item.event === kind && (!name || item.share.name === name));
      if (event) return event;
      assert.ok(Date.now() < deadline && child.exitCode === null, `${kind} ${name ?? ""} never came`);
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, 200);
      });
    }
  }

  /** @param {NodeJS.Signals} [signal] */
  async function end(signal = "SIGTERM") {
    child.kill(signal);
    await ended;
  }
  return { wait, end, started: await wait("started") };
}

/**
 * Shares a fresh folder on loopback.
 * @param {(share: string) => Promise<void>} fill puts files into it
 * @param {string} [config] lines of config.lua
 */
export async function startSharing(fill, config = "") {
  const folder = await mkdtemp(join(tmpdir(), "btshare-browser-"));
  const share = join(folder, "Public");
  await mkdir(share);
  await mkdir(join(folder, "Downloads"));
  await fill(share);
  await writeFile(join(folder, "config.lua"), `map_ports = false\n${config}`);
  const start = (open, console, port) => startProgram([
    share, "--state", join(folder, "state"), "--config", join(folder, "config.lua"),
    "--public", open, "--console", console, "--port", String(port), "--json",
  ], { HOME: folder });
  let program = await start("127.0.0.1:0", "127.0.0.1:0", 0);
  const { started } = program;

  return {
    folder,
    share,
    root: started.public,
    console: started.console.replace(/\/$/, ""),
    keyUrl: started.key_url,
    port: started.port,
    wait: (kind, name) => program.wait(kind, name),
    page: async (name) => (await program.wait("share-created", name)).share.link,
    /** Ends it as a power cut would. */
    lose: () => program.end("SIGKILL"),
    /** Starts it again where it was. */
    async again() {
      program = await start(new URL(started.public).host, new URL(started.console).host, started.port);
    },
    async close() {
      await program.end();
      await rm(folder, { recursive: true });
    },
  };
}
