// Downloads in a real browser over a line that breaks: a click on Download, interruptions, and the whole in the end.
//
// Chromium goes on by itself five times, then waits for its user; so there are two downloads, ten interruptions in all.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startSharing } from "./daemon.js";
import { assertSame, startBrowser } from "./support.js";

const size = 24e6;
const interruptions = 5;

/** A line to `port` on which the next `cuts` replies that are longer than a page break off at random. */
async function startLine(port) {
  const line = { cuts: 0, done: 0 };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let left = null;
    near.pipe(far);
    far.on("data", (bytes) => {
      if (left === null && line.done < line.cuts && /^Content-Length: \d{7,}\r$/m.test(bytes.toString("latin1"))) {
        left = randomInt(300e3, 1500e3);
      }
      if (left !== null) left -= bytes.length;
      if (left !== null && left <= 0) {
        line.done += 1;
        far.destroy();
        near.destroy();
        return;
      }
      if (!near.write(bytes)) {
        far.pause();
        near.once("drain", () => far.resume());
      }
    });
    far.on("end", () => near.end());
    for (const socket of [near, far]) {
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  line.port = server.address().port;
  line.close = () => server.close();
  return line;
}

describe("a download over a line that breaks", () => {
  let browser;
  let sharing;
  let line;
  before(async () => {
    browser = await startBrowser();
    sharing = await startSharing(async (share) => {
      await writeFile(join(share, "film.bin"), randomBytes(size));
      await mkdir(join(share, "album"));
      for (const index of [0, 1, 2, 3]) await writeFile(join(share, "album", `${index}.bin`), randomBytes(size / 4));
    });
    for (const name of ["film.bin", "album"]) await sharing.wait("share-ready", name);
    line = await startLine(Number(new URL(sharing.root).port));
  });
  after(async () => {
    await browser?.close();
    line?.close();
    await sharing?.close();
  });

  for (const [name, turn] of [["film.bin", 1], ["film.bin", 2], ["album", 1], ["album", 2]]) {
    it(`brings ${name} whole, download ${turn}`, { timeout: 300000 }, async () => {
      line.done = 0;
      line.cuts = interruptions;
      const context = await browser.newContext({ locale: "en" });
      const page = await context.newPage();
      const address = new URL(await sharing.page(name));
      address.port = line.port;
      await page.goto(address.href);
      const coming = page.waitForEvent("download");
      await page.click(".button.main");
      const download = await coming;
      assert.equal(await download.failure(), null);
      assert.equal(line.done, interruptions);
      await assertSame(await download.path(), join(sharing.share, name));
      await context.close();
    });
  }
});
