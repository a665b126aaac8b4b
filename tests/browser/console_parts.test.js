// What the console's parts promise, against a daemon that is none: one stream for all tabs, a lost daemon, names that
// deceive, keys, undo.
import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, describe, it } from "node:test";
import { startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";
import { hostileNames } from "./hostile_names.js";
import { patience, until } from "./until.js";

// What must never reach the page as it is: controls, and what turns or hides.
const treacherous = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

describe("the console", () => {
  let fake;
  beforeEach(async () => (fake = await startFake({ shares: 14, uploads: true })));
  afterEach(() => fake.close());

  const onPage = (path, look, how = {}) => visit(browser, fake.address + path, how, look);
  const change = (row) => fake.tell({ shares: [{ ...fake.world.shares[1], ...row }] });

  async function withTabs(play, prepare = () => {}) {
    const context = await browser.newContext({ locale: "en" });
    context.setDefaultTimeout(patience);
    await context.addInitScript(prepare);
    const open = async () => {
      const page = await context.newPage();
      await page.goto(fake.address);
      await page.locator(".row").first().waitFor();
      return page;
    };
    try {
      await play(open);
    } finally {
      await context.close();
    }
  }

  it("reads one stream for all tabs, which the next tab takes over", () => withTabs(async (open) => {
    const first = await open();
    const second = await open();
    assert.equal(fake.streams.size, 1);
    change({ name: "Renommé.pdf" });
    await second.getByText("Renommé").first().waitFor();
    await first.getByText("Renommé").first().waitFor();
    await first.close();
    await open();
    change({ name: "Encore.pdf" });
    await second.getByText("Encore").first().waitFor();
    assert.equal(fake.streams.size, 1);
  }));

  it("lets go of the stream in a hidden tab where tabs cannot agree", () => withTabs(async (open) => {
    const page = await open();
    const show = (isHidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
    await show(true);
    await until(() => fake.streams.size === 0);
    fake.world.shares[1].name = "Pendant.pdf";
    await show(false);
    await page.getByText("Pendant").first().waitFor();
    assert.equal(fake.streams.size, 1);
  }, () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined })));

  it("asks every two seconds where streams are refused", () => withTabs(async (open) => {
    fake.world.refusesStreams = true;
    const page = await open();
    fake.world.shares[1].name = "Demandé.pdf";
    await page.getByText("Demandé").first().waitFor();
    assert.equal(await page.locator(".lost").count(), 0);
  }));

  it("shows three messages at most, keeps them while somebody is on one, and then lets them go", () => withTabs(async (open) => {
    const page = await open();
    await page.clock.install();
    await page.reload();
    const row = page.locator(".row").first();
    await row.waitFor();
    await page.clock.pauseAt(Date.now() + 60000); // nothing goes by itself, however slow the machine is
    const toasts = page.locator(".toast");
    for (const count of [1, 2, 3, 3]) {
      await row.getByRole("button", { name: /^Copy/ }).click();
      await until(async () => (await toasts.count()) === count);
    }
    await toasts.first().hover();
    for (let turn = 0; turn < 3; turn += 1) await page.clock.fastForward(4000);
    assert.equal(await toasts.count(), 3);
    await page.mouse.move(0, 0);
    await until(async () => {
      await page.clock.fastForward(2000);
      return (await toasts.count()) === 0;
    });
  }));

  it("copies where the browser has no clipboard for us", () => withTabs(async (open) => {
    const page = await open();
    await page.locator(".row-copy").first().click();
    await page.getByText("Link of Vacances 2024 copied").waitFor();
    await page.locator(".search input").focus();
    await page.keyboard.press("Control+v");
    assert.equal(await page.locator(".search input").inputValue(), fake.world.shares[0].link);
  }, () => Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined })));

  it("says that the daemon is gone, and goes on when it is back", () => withTabs(async (open) => {
    const page = await open();
    fake.lose(true);
    await page.getByText("BTshare stopped.").waitFor();
    await page.waitForSelector("html[data-waits]"); // it would try again by itself, but a person is first
    fake.world.shares[1].name = "Depuis.pdf";
    fake.lose(false);
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("Depuis").first().waitFor();
    assert.equal(await page.locator(".lost").count(), 0);
  }, () => {
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (act, pause, ...rest) => {
      const isLong = pause === 5000;
      if (isLong) document.documentElement.dataset.waits = "";
      return setTimeout(act, isLong ? 3.6e6 : pause, ...rest);
    };
  }));

  it("shows what deceives the eye as escapes, and markup as text", async () => {
    const names = ["annexe\u202egnp.exe", "<img src=x onerror=alert(1)>", "a\u0007b", "{name}", "שלום.txt"];
    names.forEach((name, at) => (fake.world.shares[at].name = name));
    await onPage("/", async (page) => {
      await page.locator(".row").first().waitFor();
      const shown = await page.locator(".row .name").allTextContents();
      assert.ok(shown.includes("annexe\\u{202E}gnp.exe"), shown.join(" | "));
      assert.ok(shown.includes("a\\u{7}b"));
      for (const name of ["<img src=x onerror=alert(1)>", "{name}", "שלום.txt"]) assert.ok(shown.includes(name), name);
    });
  });

  it("takes no name for anything but a name: in the list, in what is beside it, and in what happened", async () => {
    const { world } = fake;
    const [row, recipient, link, event] = [world.shares[0], world.recipients[0], world.links[0], world.events[1]];
    world.shares.splice(0, world.shares.length, ...hostileNames.map((name, at) => ({ ...row, id: `s${at}`, name, recipients: 1 })));
    world.recipients = hostileNames.map((name, at) => ({ ...recipient, id: `r${at}`, name, client: name }));
    world.links = hostileNames.map((name, at) => ({ ...link, id: `l${at}`, name }));
    world.events = hostileNames.map((name, at) => ({ ...event, id: at + 1, who: name, share: { id: "s0", name } }));
    world.fileNames = hostileNames.map((name) => name.replaceAll("/", "∕"));
    await onPage("/", async (page) => {
      const text = () => page.evaluate(() => `${document.title}\n${document.body.textContent}\n${
        [...document.querySelectorAll("[title], [aria-label]")].map((one) => `${one.title} ${one.ariaLabel}`).join("\n")}`);
      const isWhole = async (where) => {
        assert.doesNotMatch(await text(), treacherous, where);
        assert.equal(await page.locator("img[src=x], iframe, base, main meta, main script, main style, [onerror], [onload], [onmouseover], [href^=javascript]")
          .count(), 0, where);
      };
      await page.locator(".row").nth(hostileNames.length - 1).waitFor();
      await isWhole("list");
      const told = await text();
      for (const name of hostileNames.filter((one) => !treacherous.test(one))) assert.ok(told.includes(name), name);
      for (const at of hostileNames.keys()) {
        await page.locator(`.row-main[href="/shares/s${at}"]`).click();
        await page.waitForURL(`**/shares/s${at}`);
        await page.locator(".recipient").nth(hostileNames.length - 1).waitFor();
        await isWhole(`detail of ${at}`);
      }
      await page.goto(`${fake.address}/shares/s0`);
      await page.locator(".recipient").nth(hostileNames.length - 1).waitFor();
      await page.locator(".detail summary").evaluateAll((folds) => folds.forEach((fold) => fold.parentElement.open || fold.click()));
      await page.locator(".timeline li").first().waitFor();
      await page.locator(".timeline + button").click();
      await page.locator(".timeline li").nth(hostileNames.length - 1).waitFor();
      await page.locator(".tree .file").nth(hostileNames.length - 1).waitFor();
      await isWhole("everything beside it");
      await page.goto(`${fake.address}/activity`);
      await page.locator(".timeline li").nth(hostileNames.length - 1).waitFor();
      await isWhole("activity");
    });
  });

  it("keeps focus and states where the system chooses the colours", () => onPage("/shares/s0", async (page) => {
    await page.emulateMedia({ forcedColors: "active" });
    await page.locator(".recipient").first().waitFor();
    const states = page.locator(".row .state");
    for (const state of await states.all()) {
      assert.match(await state.textContent(), /\p{L}{3}/u);
      const [dot, ground] = await state.evaluate((element) => [getComputedStyle(element, "::before").backgroundColor, getComputedStyle(document.body).backgroundColor]);
      assert.notEqual(dot, ground, "the dot is gone");
    }
    const seen = new Set();
    for (let at = 0; at < 30; at += 1) {
      await page.keyboard.press("Tab");
      const [name, style, width, line, ground] = await page.evaluate(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        return [element.outerHTML.slice(0, 80), outlineStyle, Number.parseFloat(outlineWidth), outlineColor, getComputedStyle(document.body).backgroundColor];
      });
      seen.add(name);
      assert.ok(style !== "none" && width >= 2 && line !== ground, `no focus on ${name}`);
    }
    assert.ok(seen.size > 15, [...seen].join("\n"));
  }));

  it("asks the router where config.lua does not, and tells what it says", async () => {
    fake.world.reach = "refused";
    for (const row of fake.world.shares) row.downloads = 0;
    const know = (reach) => {
      fake.world.reach = reach;
      fake.tell({ status: { reachability: fake.world.status().reachability } });
    };
    await onPage("/", async (page) => {
      const card = page.locator(".first");
      await card.getByText("config.lua forbids it").waitFor();
      await card.getByRole("button", { name: "Ask the router" }).click();
      await card.getByText("is being asked").waitFor();
      assert.equal(await card.getByRole("button", { name: "Ask the router" }).count(), 0);
      know("closed");
      await card.getByRole("button", { name: "Details" }).click();
      await page.locator("dialog").getByText("no router answered").waitFor();
      await page.locator("dialog").getByRole("button", { name: "Ask the router" }).click();
      await page.locator("dialog").getByText("not known yet").waitFor();
      know("mapped");
      await page.locator("dialog").getByText("yes, the router opened ports").waitFor();
      assert.equal(await page.getByRole("button", { name: "Ask the router" }).count(), 0);
    });
  });

  it("is used by keys alone", () => onPage("/", async (page) => {
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "Concert" }).waitFor();
    await page.keyboard.press("q");
    await page.locator("dialog .qr").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("projet");
    await page.locator(".row[aria-setsize='2'], .row[aria-setsize='1']").first().waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("activ");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/activity");
  }));

  it("names the keys as a French keyboard does", () => onPage("/", async (page) => {
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("?");
    await page.locator("dialog .keys").waitFor();
    const names = await page.locator("dialog kbd").allTextContents();
    assert.deepEqual(names.filter((name) => name.length > 1), ["Entrée", "Espace", "Ctrl", "Échap"]);
  }, { language: "fr" }));

  it("takes back what it has saved", () => onPage("/shares/s1", async (page) => {
    await page.locator("#options summary").click();
    await page.locator("#options select").nth(1).selectOption("private");
    await page.getByText("Only through this page").first().waitFor();
    assert.equal(fake.world.shares[1].exposure, "private");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("announces this nowhere public").first().waitFor();
    assert.equal(fake.world.shares[1].exposure, "link");
  }));

  it("stops sharing only after it has asked", () => onPage("/shares/s1", async (page) => {
    await page.locator(".end button").click();
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.equal(fake.world.shares.length, 14);
    await page.locator(".end button").click();
    await page.locator("dialog .bad").click();
    await page.waitForURL("**/shares");
    assert.equal(fake.world.shares.length, 13);
  }));

  it("says that a share is gone when it is stopped elsewhere, and asks for it no more", () => onPage("/shares/s1", async (page) => {
    await page.locator(".end button").waitFor();
    fake.world.shares.splice(1, 1);
    fake.tell({ removed: ["s1"] });
    await page.locator(".nothing a").click();
    await page.waitForURL("**/shares");
  }));

  it("adds a download and starts it", () => onPage("/receive", async (page) => {
    await page.locator("header .primary").click();
    await page.locator("textarea").fill("magnet:?xt=urn:btih:1d0ce0b633c4ed7db92a8c5f09ade3f5aee40eda");
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator(".files label").first().waitFor();
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    assert.equal(fake.world.downloads.at(-1).state, "downloading");
  }));

  it("says why a download cannot be had to who waits for its files, and tries again when asked to", () => onPage("/receive", async (page) => {
    const said = { en: "the link is locked", fr: "le lien est verrouillé" };
    await page.locator("header .primary").click();
    await page.locator("textarea").fill("http://192.168.1.20:8702/s/locked");
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator("dialog").getByRole("button", { name: "Later" }).waitFor();
    const row = fake.world.downloads.at(-1);
    fake.tell({ downloads: [Object.assign(row, { state: "failed", reason: { key: "downloads.failed", text: said.en, values: {}, said } })] });
    await page.locator("dialog").getByText("the link is locked").waitFor();
    await page.locator("dialog").getByText("http://192.168.1.20:8702/s/locked").waitFor();
    await page.locator("dialog").getByRole("button", { name: "Close" }).last().click();
    const failed = page.locator(".download", { hasText: "the link is locked" });
    await failed.locator(".address", { hasText: "http://192.168.1.20:8702/s/locked" }).waitFor();
    await failed.getByRole("button", { name: "Try again" }).click();
    await until(() => fake.world.downloads.at(-1).state === "downloading");
  }));

  it("asks for the password of a locked link until it opens, where it was added and in the list", () => onPage("/receive", async (page) => {
    const field = page.getByLabel("Password of the link");
    const tell = (change) => fake.tell({ downloads: [Object.assign(fake.world.downloads.at(-1), change)] });
    const failed = (text) => ({ state: "failed", locked: true, reason: { key: "downloads.failed", text, values: {}, said: { en: text } } });
    const opened = { locked: undefined, reason: undefined };
    await page.locator("header .primary").click();
    await page.locator("textarea").fill("http://192.168.1.20:8702/s/locked");
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator("dialog").getByRole("button", { name: "Later" }).waitFor();
    tell(failed("this link asks for a password"));
    await field.waitFor();
    await page.keyboard.type("wrong"); // the focus is there already
    await page.keyboard.press("Enter");
    await page.getByText("Trying the password.").waitFor();
    assert.deepEqual(fake.world.passwords, ["wrong"]);
    tell(failed("that is not the password of this link"));
    await page.locator("dialog [role=alert]", { hasText: "that is not the password" }).waitFor();
    await until(() => page.evaluate(() => document.activeElement.type === "password"));
    await page.keyboard.type("right"); // in place of what was wrong
    await page.keyboard.press("Enter");
    await until(() => fake.world.passwords.at(-1) === "right");
    tell({ state: "choosing", ...opened });
    await page.locator("dialog .files label").first().waitFor();
    await page.getByRole("button", { name: "Later" }).click();

    tell(failed("this link asks for a password"));
    const again = page.locator(".download", { hasText: "asks for a password" }).getByRole("button", { name: "Enter the password… Album" });
    await again.focus();
    await page.keyboard.press("Enter");
    await field.fill("the third");
    await page.keyboard.press("Enter");
    await page.getByText("Trying the password.").waitFor();
    tell({ state: "downloading", ...opened });
    await page.locator("dialog").waitFor({ state: "detached" });
  }));

  it("speaks French when told so, and the colours stay as chosen", () => onPage("/settings", async (page) => {
    await page.locator("#own-language").selectOption("fr");
    await page.locator("h1", { hasText: "Réglages" }).waitFor();
    await page.locator("#own-scheme").selectOption("dark");
    await page.reload();
    await page.locator("h1", { hasText: "Réglages" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(15, 19, 24)");
  }));

  it("sends what is written into a plugin's form, says what is wrong with it, and keeps a secret to itself", () => onPage("/receive", async (page) => {
    const form = page.locator(".panel-form");
    await form.getByLabel("Address").fill("");
    await form.getByRole("button", { name: "Tell me" }).click();
    await form.getByText("must be an address").waitFor();
    assert.equal(await form.getByLabel("Address").getAttribute("aria-invalid"), "true");
    assert.equal(await form.getByLabel("Password").inputValue(), "");
    await form.getByLabel("Address").fill("marie@example.org");
    await form.getByLabel("Every so many visits").fill("2.5");
    await form.getByLabel("How").selectOption("short");
    await form.getByLabel("Send them").uncheck();
    await form.getByRole("button", { name: "Tell me" }).click();
    await page.locator(".toast", { hasText: "Saved" }).waitFor();
    assert.deepEqual(fake.world.plugins.asked, [{ to: "marie@example.org", each: 2.5, on: false, how: "short" }]);
  }, { expects: /422/ }));

  it("does what a plugin's action says, after its question was answered", () => onPage("/", async (page) => {
    await page.getByRole("link", { name: "Visits" }).click();
    await page.waitForURL("**/plugins/watcher/visits");
    assert.equal(await page.title(), "Visits · BTshare");
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByText("All that was noted is forgotten.").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.deepEqual(fake.world.plugins.asked, []);
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.locator("dialog .bad").click();
    await page.getByText("All 12 are forgotten.").waitFor();
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText("Done: Look again").waitFor();
    assert.deepEqual(fake.world.plugins.asked, ["clear", "refresh"]);
    fake.world.plugins.hidden = "visits";
    await page.reload();
    await page.getByText("Nothing yet.").waitFor();
    await page.getByRole("button", { name: "Look again" }).waitFor({ state: "detached" });
  }));
});
