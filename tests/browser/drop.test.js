// The page of a drop box against the real daemon: what it says before it sends, and how it goes on after a pause, a lost
// network and a reload; light and dark, on a phone in French and wide in English. SCREENSHOTS=FOLDER keeps pictures.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startSharing } from "./daemon.js";
import { asGuest, ownerOf } from "./guest.js";
import { startBrowser } from "./support.js";
import { until } from "./until.js";

const sizes = [
  { name: "phone", width: 360, height: 640, language: "fr" },
  { name: "wide", width: 1280, height: 800, language: "en" },
];
const piece = 8 * 1024 * 1024;
const network = /ERR_INTERNET_DISCONNECTED/;

let browser;
let daemon;
let owner;
let folder;
let film;

before(async () => {
  browser = await startBrowser();
  daemon = await startSharing((share) => writeFile(join(share, "a.txt"), "a"), 'name = "Paul"\n');
  owner = await ownerOf(browser, daemon);
  folder = await mkdtemp(join(tmpdir(), "btshare-guest-"));
  film = join(folder, "Film de la cérémonie.mp4");
  await writeFile(film, randomBytes(2 * piece + 3000000));
});

after(async () => {
  await owner?.close();
  await browser?.close();
  await daemon?.close();
  if (folder) await rm(folder, { recursive: true });
});

const small = (name, text = name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

/** Fails if a file that was sent is not, byte for byte, the one that its owner has once they accepted it. */
async function assertArrived(box, name, path) {
  const upload = (await owner.uploads(box)).find((one) => one.name === name);
  const { path: accepted } = await owner.ask("POST", `/boxes/${box.id}/uploads/${upload.id}/accept`);
  assert.ok((await readFile(accepted)).equals(await readFile(path)));
}

describe("the page of a drop box", () => {
  for (const size of sizes) {
    it(`is sound, ${size.name}`, async () => {
      const box = await owner.makeBox({ title: "Photos du mariage", note: "Merci à tous !\nEn pleine taille.", file_bytes: 1e6 });
      const keep = async (page, name) => {
        if (process.env.SCREENSHOTS) {
          await page.screenshot({ path: join(process.env.SCREENSHOTS, `drop-${name}-${size.name}-${size.language}.png`), fullPage: true });
        }
      };
      await asGuest(browser, `${box.page}?lang=${size.language}`, size, async (page, guest) => {
        await guest.sound();
        await guest.choose([small("Lettre.txt"), { ...small("Une très longue photographie de toute la famille réunie.jpg"),
          buffer: Buffer.alloc(1000001) }, small("x".repeat(200))]);
        await guest.row("Une très longue").waitFor();
        await keep(page, "chosen");
        await guest.sound();
        await page.locator("[type=submit]").click();
        await page.locator("#list [data-state=done]").nth(1).waitFor();
        await keep(page, "done");
        await guest.sound();
      });
      await asGuest(browser, `${box.page}?lang=${size.language}`, { ...size, isScriptLost: true, expects: /ERR_/ }, async (page, guest) => {
        await keep(page, "plain");
        await guest.sound();
        await guest.choose([small("Lettre.txt"), { ...small("Album.zip"), buffer: Buffer.alloc(1000001) }]);
        await page.locator("[type=submit]").click();
        await page.locator("[data-state=refused]", { hasText: "Album.zip" }).waitFor();
        await page.locator("[data-state=done]", { hasText: "Lettre.txt" }).waitFor();
        await keep(page, "answered");
        await guest.sound();
      });
    });
  }

  it("says of each file that cannot be sent why, and sends the others with a message and a name", async () => {
    const box = await owner.makeBox({ files: 3, file_bytes: 1000 });
    await asGuest(browser, box.page, {}, async (page, guest) => {
      assert.equal(await page.getByRole("button", { name: "Send", exact: true }).count(), 0);
      await guest.choose([small("one.txt"), small("large.bin", "x".repeat(1001)), small("..."), small("empty.txt", "")]);
      await guest.says("large.bin", "Not sent: larger than 1 kB");
      await guest.says("...", "Not sent: its name cannot be used");
      await guest.choose([small("three.txt"), small("four.txt"), small("one.txt")]);
      await guest.says("four.txt", "Not sent: that would be too many files");
      await page.getByLabel("A message").fill("Les photos promises !");
      await page.getByLabel("Your name").fill("Marie");
      assert.deepEqual(await owner.uploads(box), [], "nothing is sent before somebody says so");
      await guest.send();
      await page.getByText("The others have arrived.").waitFor();
      assert.equal(await guest.row("empty.txt").locator("progress").evaluate((bar) => bar.value), 1);
      await guest.choose(small("five.txt"));
      await guest.says("five.txt", "Not sent: that would be too many files");
      const gone = page.waitForResponse((answer) => answer.request().method() === "DELETE");
      await page.getByRole("button", { name: "Take back: three.txt" }).click();
      await gone;
      await guest.choose(small("six.txt"));
      await page.getByRole("button", { name: "Send", exact: true }).waitFor();
      await page.getByRole("button", { name: "Remove: six.txt" }).click();
      for (const name of ["one.txt", "empty.txt"]) await guest.says(name, /Done · receipt \S+/);
      const uploads = await owner.uploads(box);
      assert.deepEqual(uploads.map(({ name }) => name).sort(), ["empty.txt", "one.txt"]);
      for (const upload of uploads) {
        assert.deepEqual([upload.state, upload.sender, upload.note], ["waiting", "Marie", "Les photos promises !"]);
        await guest.says(upload.name, upload.receipt);
      }
    });
  });

  it("takes back what was sent, for those who ask soon", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, {}, async (page, guest) => {
      await guest.choose([small("regret.txt"), small("joy.txt")]);
      await guest.send();
      await page.getByText("All of it has arrived.").waitFor();
      await page.reload();
      await guest.says("regret.txt", "Done");
      const gone = page.waitForResponse((answer) => answer.request().method() === "DELETE");
      await page.getByRole("button", { name: "Take back: regret.txt" }).click();
      assert.equal((await gone).status(), 204);
      assert.deepEqual((await owner.uploads(box)).map(({ name }) => name), ["joy.txt"]);
      await until(async () => (await page.locator("#list li").count()) === 1);
    });
  });

  it("waits for the network, and goes on where it was when it is back", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, { expects: network }, async (page, guest) => {
      await guest.choose(film);
      await guest.choose(small("after.txt"));
      guest.cutAfter(1);
      await guest.send();
      await guest.says("Film", "Waiting for the network");
      await page.locator("#status", { hasText: "Waiting for the network" }).waitFor();
      guest.mend();
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await page.getByText("All of it has arrived.").waitFor();
      assert.equal(guest.pieces[0], 0);
      assert.ok(guest.pieces.slice(1).every((offset) => offset === 0 || offset >= piece), String(guest.pieces));
      assert.equal(guest.pieces.filter((offset) => offset === 0).length, 2, "one of each file");
      await assertArrived(box, "Film de la cérémonie.mp4", film);
    });
  });

  it("stops where somebody says so, lets the others pass, and goes on later", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, { expects: network }, async (page, guest) => {
      await guest.choose(film);
      await guest.choose(small("meanwhile.txt"));
      guest.cutAfter(1);
      await guest.send();
      await guest.says("Film", "Waiting for the network");
      await page.getByRole("button", { name: "Pause: Film" }).click();
      await guest.says("Film", /Paused at \d+%/);
      guest.mend();
      await guest.says("meanwhile.txt", "Done");
      assert.ok(await page.getByRole("button", { name: "Go on: Film" }).evaluate((button) => button === document.activeElement),
        "the keyboard is where it was");
      await page.keyboard.press("Enter");
      await guest.says("Film", "Done");
      await assertArrived(box, "Film de la cérémonie.mp4", film);
    });
  });

  it("says that a file was refused which its owner stops on its way, and does not begin it again", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, { expects: /ERR_INTERNET_DISCONNECTED|403/ }, async (page, guest) => {
      await guest.choose(film);
      guest.cutAfter(1);
      await guest.send();
      await guest.says("Film", "Waiting for the network");
      const [{ id }] = await owner.uploads(box);
      await owner.ask("DELETE", `/boxes/${box.id}/uploads/${id}`);
      guest.mend();
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await guest.says("Film", "Not sent: it was refused");
      assert.deepEqual(await owner.uploads(box), []);
    });
  });

  it("goes on after a reload, once the same file is chosen again", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, { expects: network }, async (page, guest) => {
      await guest.choose(film);
      guest.cutAfter(1);
      await guest.send();
      await guest.says("Film", "Waiting for the network");
      await page.reload();
      await guest.says("Film", "Begun earlier. Choose the same file again to go on.");
      await guest.sound();
      guest.mend();
      const { length } = guest.pieces;
      await guest.choose(film);
      await guest.says("Film", "Done");
      assert.ok(guest.pieces.length > length && guest.pieces.slice(length).every((offset) => offset >= piece), String(guest.pieces));
      assert.equal((await owner.uploads(box)).length, 1);
      await assertArrived(box, "Film de la cérémonie.mp4", film);
    });
  });

  it("takes files that are dropped anywhere on it, and none into the page's memory", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, {}, async (page, guest) => {
      const drop = (kind) => page.evaluate((name) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["dropped"], "dropped.txt", { lastModified: 1 }));
        document.body.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
      }, kind);
      await drop("dragover");
      assert.equal(await page.locator("form[data-over]").count(), 1);
      await drop("drop");
      assert.equal(await page.locator("form[data-over]").count(), 0);
      await guest.row("dropped.txt").waitFor();
      await guest.send();
      await guest.says("dropped.txt", "Done");
    });
  });

  it("is used by the keyboard alone, and what it sends for weighs little", async () => {
    const box = await owner.makeBox({});
    await asGuest(browser, box.page, { width: 360, height: 640 }, async (page, guest) => {
      await guest.choose(small("key.txt"));
      const seen = [];
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press("Tab");
        seen.push(await page.evaluate(() => {
          const { activeElement: element } = document;
          const marked = element.id === "files" ? document.querySelector("label.button") : element;
          return `${element.id || element.ariaLabel || element.textContent.trim()} ${getComputedStyle(marked).outlineWidth}`;
        }));
      }
      for (const name of ["files", "Remove: key.txt", "note", "sender", "Send"]) assert.ok(seen.includes(`${name} 3px`), `${name}: ${seen}`);
      for (const target of await page.locator(".send :is(button, input:not(#files), textarea, label.button):visible").all()) {
        assert.ok((await target.boundingBox()).height >= 44, await target.evaluate((element) => element.outerHTML));
      }
    });
    const { size } = await stat(new URL("../../web/pages/drop.js", import.meta.url));
    assert.ok(size < 10000, `${size} bytes`);
  });
});
