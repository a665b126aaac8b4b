// What fits: every screen at 400 % of a usual window, which is 320 by 256 pixels, and the QR code on paper.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";

/** name, address, what must be there, what to do first */
const screens = [
  ["shares", "/", ".row"],
  ["selection", "/", ".selection", async (page) => {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }],
  ["detail", "/shares/s0", ".recipient", (page) => page.evaluate(() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  })],
  ["receive", "/receive", ".download"],
  ["activity", "/activity", ".plot canvas"],
  ["settings", "/settings", ".facts"],
  ["plugins", "/plugins", ".panel"],
  ["panel", "/plugins/watcher/visits", ".log li"],
  ["missing", "/nowhere", ".nothing"],
  ["qr", "/shares/s1", ".qr img", (page) => page.locator(".link-card .buttons button").nth(1).click()],
  ["add", "/", "dialog input", (page) => page.locator(".bar .primary").click()],
  ["receive-add", "/receive", "dialog textarea", (page) => page.locator("header .primary").click()],
  ["receive-choose", "/receive", "dialog .files label", (page) => page.locator(".download .primary").first().click()],
  ["stop", "/shares/s1", "dialog .bad", (page) => page.locator(".end button").click()],
  ["diagnostics", "/settings", "dialog pre", (page) => page.locator("[aria-labelledby=about-title] button").click()],
  ["help", "/", ".keys", (page) => page.keyboard.press("?")],
  ["palette", "/", "[role=option]", (page) => page.keyboard.press("Control+k")],
];
const small = { width: 320, height: 256, language: "fr" };

// What has the focus, and whether any of it can be seen: of nine places on it, one must show itself or its label.
const focused = () => {
  const element = document.activeElement;
  const own = [element, ...(element.labels ?? [])];
  const box = element.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0) + 2, Math.min(box.right, innerWidth) - 2];
  const places = [0.2, 0.5, 0.8].flatMap((y) => [left, (left + right) / 2, right].map((x) => [x, box.top + box.height * y]));
  const isSeen = places.some(([x, y]) => own.some((one) => one.contains(document.elementFromPoint(x, y))));
  return { isBody: element === document.body, isSeen,
    text: `${element.outerHTML.slice(0, 120)} at ${[box.left, box.top, box.right, box.bottom].map(Math.round)}` };
};

describe("the console at 400 %", () => {
  let browser;
  let fake;
  before(async () => {
    browser = await startBrowser();
    fake = await startFake({ shares: 14, reach: "closed", uploads: true });
  });
  after(async () => {
    await browser.close();
    await fake.close();
  });

  for (const [name, path, there, first] of screens) {
    it(`needs no scrolling sideways, and hides no focus: ${name}`, () => visit(browser, fake.address + path, small, async (page) => {
      await page.locator(first ? ".row:visible, .detail, .download, .facts" : there).first().waitFor();
      await first?.(page);
      await page.locator(there).first().waitFor();
      const widths = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll("dialog[open]")].map((one) => one.scrollWidth));
      assert.ok(Math.max(...widths) <= small.width, `${widths} pixels wide`);
      const hidden = [];
      for (let step = 0; step < 45; step += 1) {
        if (step > 0) await page.keyboard.press("Tab");
        const found = await page.evaluate(focused);
        if (!found.isBody && !found.isSeen) hidden.push(found.text);
      }
      assert.deepEqual(hidden, []);
    }));
  }
});

describe("the QR code of a link", () => {
  let browser;
  let fake;
  before(async () => {
    browser = await startBrowser();
    fake = await startFake({ shares: 5 });
  });
  after(async () => {
    await browser.close();
    await fake.close();
  });
  const onSheet = (look) => visit(browser, `${fake.address}/shares/s1`, {}, async (page) => {
    await page.locator(".link-card .buttons button").nth(1).click();
    await page.locator(".qr img").waitFor();
    await look(page);
  });

  it("is seen whole on a phone, beside the buttons", () => visit(browser, `${fake.address}/shares/s1`, { width: 360, height: 640, language: "fr" }, async (page) => {
    await page.locator(".link-card .buttons button").nth(1).click();
    await page.locator(".qr img").waitFor();
    const [bottom, top] = await page.evaluate(() => [document.querySelector("dialog header").getBoundingClientRect().bottom,
      document.querySelector("dialog .qr").getBoundingClientRect().top]);
    assert.ok(top >= bottom, `begins at ${top}, under a bar that ends at ${bottom}`);
  }));

  it("is one page on paper, black on white, with its address and without the rest", () => onSheet(async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const shown = await page.evaluate(() => {
      const isDrawn = (name) => [...document.querySelectorAll(name)].some((one) => one.checkVisibility());
      return { rest: ["main", ".nav", "dialog button", "dialog .button"].filter(isDrawn), code: isDrawn(".qr img"), address: isDrawn("dialog .address"),
        ground: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.querySelector("dialog")).color,
        sheet: getComputedStyle(document.querySelector("dialog")).backgroundColor };
    });
    assert.deepEqual(shown, { rest: [], code: true, address: true, ground: "rgb(255, 255, 255)", ink: "rgb(20, 24, 31)", sheet: "rgb(255, 255, 255)" });
    const paper = (await page.pdf({ format: "A4" })).toString("latin1");
    assert.equal(paper.match(/\/Type\s*\/Page\b/g).length, 1);
  }));

  it("is kept as the server's SVG, or as a PNG of whole pixels", () => onSheet(async (page) => {
    const save = async (act) => {
      const coming = page.waitForEvent("download");
      await act();
      const download = await coming;
      return [download.suggestedFilename(), await readFile(await download.path())];
    };
    const [name, svg] = await save(() => page.getByRole("link", { name: "Save: SVG" }).click());
    assert.equal(name, "qr.svg");
    assert.match(svg.toString(), /^<svg /);
    const [other, png] = await save(() => page.getByRole("button", { name: "Save: PNG" }).click());
    assert.equal(other, "qr.png");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    const modules = Number(/viewBox="0 0 (\d+)/.exec(svg.toString())[1]);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.equal(width, height);
    assert.ok(width >= 1024 && width % modules === 0, `${width} pixels for ${modules} modules`);
  }, { expects: /blob/ }));
});
