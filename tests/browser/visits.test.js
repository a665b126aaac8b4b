// What the browser tests rest on: a visit finds nothing of the one before it, and complains of what is wrong.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertSound, assertSoundInBoth, startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";

describe("a visit", () => {
  let browser;
  let fake;
  before(async () => {
    browser = await startBrowser();
    fake = await startFake({ shares: 3 });
  });
  after(async () => {
    await browser?.close();
    await fake?.close();
  });
  const atShares = (look, how = {}) => visit(browser, fake.address, how, async (page) => {
    await page.locator(".row").first().waitFor();
    await look(page);
  });
  const state = (page) => page.evaluate(async () => ({ stored: [localStorage.length, sessionStorage.length], cookie: document.cookie,
    clipboard: (await navigator.permissions.query({ name: "clipboard-read" })).state, width: innerWidth,
    isDark: matchMedia("(prefers-color-scheme: dark)").matches, isForced: matchMedia("(forced-colors: active)").matches }));

  it("finds nothing of the one before it", async () => {
    let first;
    let used;
    await atShares(async (page) => {
      used = page;
      first = await state(page);
      await page.evaluate(() => {
        localStorage.setItem("left", "1");
        sessionStorage.setItem("left", "1");
        document.cookie = "left=1; path=/";
      });
      await page.context().grantPermissions(["clipboard-read"]);
      await page.emulateMedia({ colorScheme: "dark", forcedColors: "active" });
      await page.setViewportSize({ width: 400, height: 400 });
      await page.route("**/api/**", (route) => route.abort());
      await page.context().newPage();
    });
    await atShares(async (page) => {
      assert.equal(page, used);
      assert.deepEqual(await state(page), first);
      assert.equal(page.context().pages().length, 1);
    });
  });

  it("fails by itself where the page complains or breaks its policy", async () => {
    const wrongs = [
      [/of something/, () => console.error("of something")],
      [/policy: img-src http:\/\/localhost:1\//, () => new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", resolve);
        document.body.append(Object.assign(new Image(), { src: "http://localhost:1/" }));
      })],
    ];
    for (const [told, act] of wrongs) {
      await assert.rejects(atShares((page) => page.evaluate(act), { expects: /Content Security/ }), ({ actual }) => {
        assert.match(String(actual), told);
        return true;
      });
    }
  });

  it("finds what is wrong for those who cannot see, and what cannot be read in one scheme only", () => atShares(async (page) => {
    await assertSoundInBoth(page);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(".added { color: #222; background: #fff } @media (prefers-color-scheme: dark) { .added { color: #eee } }");
      document.adoptedStyleSheets.push(sheet);
      const added = Object.assign(document.createElement("p"), { className: "added", textContent: "Hard to read" });
      document.querySelector("main").append(added);
    });
    await assertSound(page);
    await assert.rejects(assertSoundInBoth(page), /color-contrast: .*Hard to read/);
    await page.evaluate(() => document.querySelector(".added").replaceWith(document.createElement("button")));
    await assert.rejects(assertSound(page), /button-name: /);
  }));
});
