// The settings that are not one value each, against a daemon that is none: what is told and how, limits by the hour,
// what a report of a fault says.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";
import { until } from "./until.js";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

describe("the settings", () => {
  let fake;
  beforeEach(async () => (fake = await startFake({ shares: 5 })));
  afterEach(() => fake.close());

  const onPage = (look, how = {}) => visit(browser, `${fake.address}/settings`, how, async (page) => {
    await page.locator(".facts").waitFor();
    await look(page);
  });
  const happened = (id, kind, name = "Projet.pdf") => ({ id, kind, time: fake.world.now, who: "Marie", text_key: "none",
    share: { id: "s1", name }, values: {} });
  const running = (name, panel) => ({ name, path: `/usr/share/btshare/plugins/${name}.lua`, is_running: true, strikes: 0, memory: 0,
    panels: [{ slot: "settings.section", actions: [], ...panel }] });

  // In place of the browser's own, of which a test sees nothing.
  const withNotices = (page, permission) => page.evaluate((allowed) => {
    globalThis.told = [];
    globalThis.Notification = class {
      static permission = allowed;
      static async requestPermission() {
        this.permission = "granted";
        return "granted";
      }
      constructor(title, { body, tag }) {
        globalThis.told.push([body, tag]);
      }
    };
  }, permission);
  const told = async (page, count) => {
    for (;;) {
      const found = await page.evaluate(() => globalThis.told);
      if (found.length >= count) return found;
      await page.waitForTimeout(20);
    }
  };

  it("say how others are found and reached, and let DHT be kept off for public shares, too", () => onPage(async (page) => {
    const network = page.getByRole("region", { name: "Network" });
    await network.getByText("Off, since this version of libtorrent has a fault in it").waitFor();
    await page.getByText("A proxy in front of BTshare adds it").waitFor();
    await network.getByLabel("DHT", { exact: true }).uncheck();
    await until(() => fake.world.settings.find(({ key }) => key === "torrent.enable_dht").value === false);
    await page.getByLabel("Search settings").fill("https");
    await network.waitFor({ state: "detached" });
    await page.getByText("A proxy in front of BTshare adds it").waitFor();
  }));

  it("keep what is being typed while others change", () => onPage(async (page) => {
    const field = page.getByLabel("Sent at most at");
    await field.fill("900k");
    await page.getByLabel("DHT", { exact: true }).evaluate((one) => one.click()); // the focus stays: what is typed is not done
    await page.locator(".toast", { hasText: "Saved" }).waitFor();
    assert.equal(await field.inputValue(), "900k");
    assert.equal(fake.world.settings.find(({ key }) => key === "limits.up").value, 2000000, "it was saved half typed");
    await field.press("Enter");
    await until(() => fake.world.settings.find(({ key }) => key === "limits.up").value === 900000);
  }));

  it("say which port the system chose where it may choose, whether that can be changed here or not", () => onPage(async (page) => {
    const said = "Chosen by the system: 51413 now";
    await page.getByText(said).waitFor();
    await page.getByLabel("BitTorrent port").fill("6881");
    await page.getByLabel("BitTorrent port").press("Enter");
    await page.getByText(said).waitFor({ state: "detached" });
    Object.assign(fake.world.settings.find(({ key }) => key === "port"), { value: 0, source: "config", line: 3, editable: false });
    await page.reload();
    await page.locator("strong", { hasText: said }).waitFor();
  }));

  it("tell by the browser what was chosen, and nothing else, once it may", () => onPage(async (page) => {
    await withNotices(page, "default");
    await page.getByLabel("Tell me when somebody has it all").check();
    await page.getByText("shows it as a notification").waitFor();
    fake.tell({ events: [happened(101, "recipient-finished"), happened(102, "share-failed")] });
    fake.tell({ events: [happened(103, "recipient-finished", "Th\u202ese.odt")] });
    const all = await told(page, 2);
    assert.deepEqual(all.map(([, tag]) => tag), ["btshare-101", "btshare-103"]);
    assert.match(all[0][0], /Marie.*Projet\.pdf/);
    assert.match(all[1][0], /\\u\{202E\}/);
    fake.tell({ events: [104, 105, 106, 107, 108].map((id) => happened(id, "recipient-finished")) });
    assert.match((await told(page, 3))[2][0], /^5 things/);
    assert.equal(await page.locator(".toast").count(), 0);
  }));

  it("tell in the page where the browser may not, and remember the choice", () => onPage(async (page) => {
    await withNotices(page, "denied");
    await page.getByLabel("Tell me when somebody has it all").check();
    await page.getByText("this browser may not show notifications").waitFor();
    fake.tell({ events: [happened(101, "recipient-finished")] });
    await page.locator(".toast", { hasText: "Marie" }).waitFor();
    await page.reload();
    await page.locator(".facts").waitFor();
    assert.equal(await page.getByLabel("Tell me when somebody has it all").isChecked(), true);
    await page.getByLabel("Tell me when somebody has it all").uncheck();
    assert.deepEqual(await page.evaluate(() => JSON.parse(localStorage.getItem("btshare")).tell), []);
  }));

  it("say how plugins that come along are loaded, and show them once they are", () => onPage(async (page) => {
    const own = page.locator("section[aria-labelledby=section-notifications]");
    await own.getByText('plugin "notify" { ntfy =').waitFor();
    await page.locator("section[aria-labelledby=schedule-title]").getByText('plugin "schedule" { { days').waitFor();
    fake.world.plugins.list = [...fake.world.plugins.list, running("notify", { id: "soon", title: "Told", kind: "table" }),
      { ...running("schedule", { id: "sum", title: "Now", kind: "stats" }), is_running: false }];
    await page.reload();
    await own.getByRole("region", { name: "(notify)" }).waitFor();
    assert.equal(await page.getByText('plugin "notify"').count(), 0);
    assert.equal(await page.getByRole("region", { name: "(notify)" }).count(), 1, "it is there twice");
    await page.getByText("The plugin schedule is set aside.").waitFor();
  }));

  it("draw what a plugin wrote as HTML, and of that only what is harmless", () => onPage(async (page) => {
    const panel = page.locator(".panel", { has: page.getByRole("heading", { name: "What it does" }) });
    await panel.getByRole("heading", { name: "In short" }).waitFor();
    assert.equal(await panel.locator("b").textContent(), "<b>shares</b> \\u{202E}after");
    const link = panel.getByRole("link", { name: "More of it" });
    assert.deepEqual(await link.evaluate((one) => [one.href, one.rel, one.target]), ["https://example.org/", "noopener noreferrer", "_blank"]);
    assert.equal(await panel.locator("li").count(), 2);
    assert.equal(await panel.locator("pre").textContent(), 'plugin "expiry" {\n  after = "30d" }');
    assert.equal(await panel.locator("script, img, b b").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hasRun), undefined);
    assert.equal(await panel.getByRole("heading", { name: "In short" }).evaluate((one) => one.tagName), "H3");
  }));

  it("are found by their names", () => onPage(async (page) => {
    await page.getByLabel("Search settings").fill("notific");
    await page.locator(".facts").waitFor({ state: "detached" });
    await page.getByLabel("Tell me when a download is complete").waitFor();
    await page.getByLabel("Search settings").fill("by the hour");
    await page.locator("#section-notifications").waitFor({ state: "detached" });
    await page.locator("#schedule-title").waitFor();
    assert.equal(await page.getByText("Nothing is called that.").count(), 0);
    for (const [words, found] of [["password", "Set a password"], ["token", "New token"], ["dark", "Colours"], ["licences", "Licences"]]) {
      await page.getByLabel("Search settings").fill(words);
      await page.locator("#schedule-title").waitFor({ state: "detached" });
      await page.getByText(found).first().waitFor();
      await page.getByLabel("Search settings").fill("by the hour");
      await page.locator("#schedule-title").waitFor();
    }
  }));

  it("say values in words, and where they were set", async () => {
    fake.world.settings.push({ key: "trusted_proxies", section: "access", type: "list", value: [], source: "default", editable: false },
      { key: "port", section: "network", type: "integer", value: 51413, source: "config", editable: false });
    await onPage(async (page) => {
      assert.deepEqual(await page.getByLabel("Web seed").locator("option").allTextContents(),
        ["In .torrent files", "In .torrent files and magnets", "Nowhere"]);
      await page.locator(".setting", { hasText: "Trusted proxies" }).getByText("none", { exact: true }).waitFor();
      await page.locator(".setting", { hasText: "BitTorrent port" }).getByText("Set on the command line").waitFor();
    });
  });

  it("take a speed as config.lua does, and nothing that is none", () => onPage(async (page) => {
    const field = page.getByLabel("Sent at most at");
    assert.equal(await field.inputValue(), "2M");
    await field.fill("a lot");
    await field.press("Tab");
    assert.equal(await field.evaluate((one) => one.validity.valid), false);
    for (const [text, bytes] of [["500k", 500000], ["1,5 M", 1500000], ["0", 0]]) {
      await field.fill(text);
      await field.press("Tab");
      await until(() => fake.world.settings.find(({ key }) => key === "limits.up").value === bytes);
    }
  }));

  it("copy what a report of a fault says, as it is shown", () => onPage(async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Diagnostics", exact: true }).click();
    const text = await page.locator("dialog pre").textContent();
    assert.match(text, /^BTshare +0\.1\.0/);
    await page.getByRole("button", { name: "Copy diagnostics" }).click();
    await page.locator(".toast", { hasText: "copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
  }));
});
