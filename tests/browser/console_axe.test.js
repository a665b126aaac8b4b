// Every screen of the console, light and dark, on a phone in French and wide in English: nothing that axe-core finds,
// no complaint of the browser, nothing wider than the window. SCREENSHOTS=FOLDER keeps pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { assertSoundInBoth, startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";

const sizes = [
  { name: "phone", width: 360, height: 640, language: "fr" },
  { name: "wide", width: 1280, height: 800, language: "en" },
];
const open = (name) => (page) => page.locator(name).first().click();

/** name, address, what must be there, what to do first */
const screens = [
  ["shares", "/", ".row"],
  ["detail", "/shares/s0", ".recipient", (page) => page.evaluate(() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  })],
  ["detail-plain", "/shares/s6", ".detail"],
  ["menu", "/", ".menu", open(".row .icon-only")],
  ["qr", "/shares/s1", ".qr img", (page) => page.locator(".link-card .buttons button").nth(1).click()],
  ["stop", "/shares/s1", "dialog .bad", open(".end button")],
  ["add", "/", "dialog input", open(".bar .primary")],
  ["palette", "/", "[role=option]", (page) => page.keyboard.press("Control+k")],
  ["help", "/", ".keys", (page) => page.keyboard.press("?")],
  ["selection", "/", ".selection", async (page) => {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }],
  ["receive", "/receive", ".download"],
  ["boxes", "/receive", ".box-file", (page) => page.locator(".boxes").evaluate((boxes) => {
    for (const fold of boxes.querySelectorAll("details")) fold.open = true;
    boxes.scrollIntoView();
  })],
  ["box-new", "/receive", "dialog select", async (page) => {
    await page.locator(".group-head button").click();
    for (const fold of await page.locator("dialog summary").all()) await fold.click();
  }],
  ["box-qr", "/receive", ".qr img", open(".box .buttons button:nth-child(2)")],
  ["box-remove", "/receive", "dialog .bad", async (page) => {
    await page.locator(".box header button").first().click();
    await page.locator(".menu [data-tone=bad]").click();
  }],
  ["receive-add", "/receive", "dialog textarea", open("header .primary")],
  ["receive-choose", "/receive", "dialog .files label", open(".download .primary")],
  ["activity", "/activity", ".plot canvas", (page) => page.evaluate(() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  })],
  ["settings", "/settings", ".facts"],
  ["settings-diagnostics", "/settings", "dialog pre", open("[aria-labelledby=about-title] button")],
  ["settings-lua", "/settings", "dialog pre", open(".screen header button")],
  ["plugins", "/plugins", ".panel .plot canvas"],
  ["plugin-log", "/plugins", ".plugin-log .log li", (page) => page.locator(".plugin-log summary").last().click()],
  ["panel", "/plugins/watcher/visits", ".log li"],
  ["panel-card", "/", ".panel .figures"],
  ["panel-form", "/receive", ".panel-form"],
  ["panel-confirm", "/plugins/watcher/visits", "dialog .bad", open(".panel .buttons button:nth-child(2)")],
  ["missing", "/nowhere", ".nothing"],
];

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

const keep = async (page, name) => {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `console-${name}.png`) });
};

function look(fakeOf, list) {
  for (const size of sizes) {
    for (const [name, path, there, first] of list) {
      it(`has nothing to complain about: ${name}, ${size.name}`, async () => {
        await visit(browser, fakeOf().address + path, size, async (page) => {
          const start = first ? ".row:visible, .detail, .box-file, .facts, .plot, .log, .plugin-log" : there;
          await page.locator(start).first().waitFor();
          if (first) await first(page);
          await page.locator(there).first().waitFor();
          await assertSoundInBoth(page, "light", (scheme) => keep(page, `${name}-${size.name}-${scheme}-${size.language}`));
        });
      });
    }
  }
}

describe("the console", () => {
  let fake;
  before(async () => (fake = await startFake({ shares: 14, reach: "closed", uploads: true })));
  after(() => fake.close());
  look(() => fake, screens);
});

describe("the console with nothing in it", () => {
  let fake;
  before(async () => (fake = await startFake({ shares: 0, downloads: [], boxes: [], uploaded: [] })));
  after(() => fake.close());
  look(() => fake, [["empty", "/", ".nothing"], ["receive-empty", "/receive", ".nothing"]]);
});

describe("the console before somebody is let in", () => {
  let fake;
  before(async () => (fake = await startFake({ authenticated: false, wants: "password" })));
  after(() => fake.close());
  look(() => fake, [["login", "/", ".login"]]);

  it("takes the key out of the address and lets its bearer in", async () => {
    await visit(browser, `${fake.address}/#k=good`, {}, async (page) => {
      await page.locator(".row").first().waitFor();
      assert.equal(new URL(page.url()).hash, "");
      fake.world.session.authenticated = false;
    });
  });
});

describe("the console at the start", () => {
  let fake;
  before(async () => {
    fake = await startFake({ shares: 5, reach: "refused", preparing: { shares: 2, bytes: 1000, done: 600 } });
    for (const row of fake.world.shares) Object.assign(row, { downloads: 0, name: `Concert de Noël, salle Pleyel, enregistrement complet ${row.name}` });
  });
  after(() => fake.close());
  look(() => fake, [["first", "/", ".first"]]);
});
