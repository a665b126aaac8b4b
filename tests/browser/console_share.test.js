// What the page of one share promises in the console, against a daemon that is none: limits, and who asks to be let in.
import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, describe, it } from "node:test";
import { assertSound, startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";
import { until } from "./until.js";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

describe("a share in the console", () => {
  let fake;
  beforeEach(async () => (fake = await startFake({ shares: 3 })));
  afterEach(() => fake.close());

  const atShare = (look, how = {}) => visit(browser, `${fake.address}/shares/s0`, how, async (page) => {
    await page.locator("#options > summary").click();
    await look(page, page.locator("#options"), page.locator(".link-card .limits"));
  });
  const quota = { name: "quota", path: "/usr/share/btshare/plugins/quota.lua", is_running: true, strikes: 0,
    panels: [{ id: "often", slot: "share.limits", title: "Downloads", kind: "form" }] };

  it("is locked with a password, which can be taken back at once, changed and removed", () => atShare(async (page, options, card) => {
    const field = options.getByLabel("Password", { exact: true });
    await field.fill("open sesame");
    await options.getByRole("button", { name: "Set" }).click();
    await card.getByText("Password needed.").waitFor();
    assert.equal(fake.world.plugins.password, "open sesame");
    assert.equal(await field.inputValue(), "", "the password stands there still");
    await assertSound(page);
    await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
    await card.getByText("Password needed.").waitFor({ state: "detached" });
    assert.equal(fake.world.plugins.password, "");
    await field.fill("one");
    await field.press("Enter");
    await card.getByText("Password needed.").waitFor();
    await field.fill("two");
    await options.getByRole("button", { name: "Change" }).click();
    await until(() => fake.world.plugins.password === "two");
    await options.getByRole("button", { name: "Remove" }).click();
    await options.getByRole("button", { name: "Set" }).waitFor();
    assert.equal(fake.world.plugins.password, "");
    assert.equal(await page.locator(".toast").getByRole("button", { name: "Undo" }).count(), 0, "what was is not known any more");
  }));

  it("ends at the end of a day that is typed, of which only the whole is saved", () => atShare(async (page, options) => {
    const saved = [];
    page.on("request", (request) => request.method() === "PATCH" && saved.push(request.postDataJSON()));
    await options.getByLabel("On a day of your choice").focus();
    await page.keyboard.type("05122031"); // as the browser's English has it
    await until(() => fake.world.shares[0].expires);
    assert.deepEqual(saved, [{ expires: new Date("2031-05-12T23:59:59").getTime() / 1000 }]);
  }));

  it("is named in lists or not, and its torrent is as chosen; each can be taken back", () => atShare(async (page, options) => {
    const own = () => fake.world.shares[0].own ?? {};
    const undo = page.locator(".toast").getByRole("button", { name: "Undo" });
    // What stands there when the page has seen what the daemon knows.
    const choose = async (name, value, key, former) => {
      const field = options.getByLabel(name, { exact: false });
      assert.equal(await field.inputValue(), former);
      await field.selectOption(value);
      await until(() => own()[key] === value);
      await undo.click();
      await until(() => own()[key] === undefined);
      await until(async () => (await field.inputValue()) === former);
    };
    await choose("Format of the torrent", "hybrid", "format", "v1");
    await choose("Web seed", "off", "web_seed", "auto");
    await options.getByText("Links stay").waitFor();
    const listed = options.getByLabel("Named in public lists");
    await listed.click();
    await until(() => own().listed === true);
    const trackers = options.getByLabel("Further trackers");
    await options.getByText("told nothing until everybody may find this share").waitFor();
    await trackers.fill("http://127.0.0.1/announce");
    fake.tell({ shares: [{ ...fake.world.shares[0], complete: 77 }] });
    await page.getByText("77 people have it all").first().waitFor();
    assert.equal(await trackers.inputValue(), "http://127.0.0.1/announce", "what was typed is gone when the share moves");
    await trackers.blur();
    await page.getByText("not on the internet").waitFor();
    await trackers.fill("udp://tracker.example:1337/announce\n\nhttps://b.example/announce ");
    await trackers.blur();
    await until(() => own().trackers?.join(" ") === "udp://tracker.example:1337/announce https://b.example/announce");
    await assertSound(page);
    await options.getByLabel("Who can find it").selectOption("public");
    await options.getByText("They tell everybody who asks").waitFor();
    await options.getByLabel("Who can find it").selectOption("http");
    await trackers.waitFor({ state: "detached" }); // there is no torrent that they could be asked for
    await listed.waitFor();
  }, { expects: /400/ }));

  it("is told how often it may be downloaded, and says how often still", async () => {
    fake.world.plugins.list.push(quota);
    await atShare(async (page, options, card) => {
      const field = options.getByLabel("Downloads", { exact: true });
      await field.fill("10");
      fake.tell({ shares: [{ ...fake.world.shares[0], complete: 77 }] });
      await page.getByText("77 people have it all").first().waitFor();
      assert.equal(await field.inputValue(), "10", "what was typed is gone when the share moves");
      await field.press("Enter");
      await card.getByText("6 of 10 downloads left.").waitFor();
      await field.fill("20");
      await field.press("Enter");
      await card.getByText("16 of 20 downloads left.").waitFor();
      await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
      await card.getByText("downloads left").waitFor({ state: "detached" }); // as before the first of them
      assert.equal(fake.world.plugins.downloads, null);
      await assertSound(page);
    });
  });

  it("says which line of config.lua switches on what is not there", () => atShare(async (page, options) => {
    await options.getByText('The line plugin "quota" {} in config.lua switches this on.').waitFor();
    await options.getByRole("button", { name: "Show as Lua: Downloads" }).click();
    await page.locator("dialog pre", { hasText: 'plugin "quota" {}' }).waitFor();
    await assertSound(page);
  }));

  it("keeps what was chosen last, however slow the first answer is, and leads back to what was before all of it", () => atShare(async (page, options) => {
    const asked = [];
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/v1/shares/s0", async (route) => {
      if (route.request().method() === "PATCH") asked.push(route.request().postDataJSON().exposure);
      if (asked.length === 1) await held;
      await route.continue();
    });
    const [row] = fake.world.shares;
    const before = row.exposure;
    const choice = options.getByLabel("Who can find it");
    await choice.selectOption("private");
    await until(() => asked.length === 1);
    await choice.selectOption("http");
    await page.evaluate(() => document.title); // whoever asked at once has asked by now
    assert.deepEqual(asked, ["private"]);
    release();
    const saved = page.locator(".toast", { hasText: "Saved" });
    await until(() => row.exposure === "http");
    await saved.hover(); // which keeps it
    await choice.selectOption("private");
    await until(() => row.exposure === "private");
    assert.equal(await saved.count(), 1, "of one choice the last message alone stays");
    await saved.getByRole("button", { name: "Undo" }).click();
    await until(() => row.exposure === before);
    assert.deepEqual(asked, ["private", "http", "private", before]);
  }));

  it("says on every screen that somebody asks to be let in, and lets them in or turns them away", async () => {
    fake.world.plugins.list.push({ name: "ask", path: "/usr/share/btshare/plugins/ask.lua", is_running: true, strikes: 0,
      panels: [{ id: "asks", slot: "share.detail", title: "They ask to be let in", kind: "table" }] });
    const know = (...who) => {
      fake.world.plugins.asking = who;
      fake.tell({ status: { notices: who.map(() => ({ plugin: "ask", share: "s0",
        text: { en: "Vacances 2024: somebody asks to be let in.", fr: "Vacances 2024 : quelqu’un demande à entrer." } })).slice(0, 1) } });
    };
    await visit(browser, `${fake.address}/activity`, {}, async (page) => {
      await page.locator("h1").first().waitFor();
      await until(() => fake.streams.size === 1); // nobody hears what is told before
      know("203.0.113.7", "Marie (198.51.100.2)");
      const line = page.locator(".status-line", { hasText: "somebody asks to be let in" });
      await line.getByRole("link", { name: "Look" }).click();
      await page.waitForURL("**/shares/s0");
      const panel = page.locator(".panel", { hasText: "They ask to be let in" });
      await panel.getByRole("button", { name: "Let in: 203.0.113.7" }).waitFor();
      assert.ok(await page.locator(".link-card + .panel").count(), "it stands below what matters less");
      await assertSound(page);
      await panel.getByRole("button", { name: "Let in: 203.0.113.7" }).click();
      await panel.getByText("203.0.113.7").waitFor({ state: "detached" });
      await panel.getByRole("button", { name: "Refuse: Marie (198.51.100.2)" }).click();
      await panel.waitFor({ state: "detached" });
      know();
      await line.waitFor({ state: "detached" });
      assert.deepEqual(fake.world.plugins.asked, ["let_in 203.0.113.7 s0", "refuse Marie (198.51.100.2) s0"]);
    });
  });

  it("says that the database was damaged, and asks before all that is held back is shared", async () => {
    const where = "/home/paul/.local/state/btshare/btshare.db.corrupt-20261123T082200Z";
    await visit(browser, `${fake.address}/activity`, { width: 360, height: 640 }, async (page) => {
      await page.locator("h1").first().waitFor();
      await until(() => fake.streams.size === 1); // nobody hears what is told before
      fake.tell({ status: { notices: [{ confirm: { en: "Share all that is held back" },
        text: { en: `the state database was damaged; it was set aside as ${where}; all that is found is held back` } }] } });
      const line = page.locator(".status-line", { hasText: "the state database was damaged" });
      await line.waitFor();
      await assertSound(page);
      await line.getByRole("button", { name: "Share all that is held back" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("where there was a password before").waitFor();
      await assertSound(page);
      await dialog.getByRole("button", { name: "Share all that is held back" }).click();
      await page.locator(".toast", { hasText: "All is shared as it says" }).waitFor();
      await line.waitFor({ state: "detached" });
    });
  });

  it("says in passing that somebody asks, once, lets them in from any screen, and takes back what is done with", async () => {
    const asks = (news, who) => ({ plugin: "ask", share: "s0", news, text: { en: `Vacances 2024: ${who} asks to be let in.` },
      action: { panel: "asks", name: "let_in", row: who, title: { en: "Let in", fr: "Laisser entrer" } } });
    const know = (...notices) => fake.tell({ status: { notices } });
    const toastOf = (page, who) => page.locator(".toast", { hasText: `${who} asks to be let in.` });
    await visit(browser, `${fake.address}/activity`, {}, async (page) => {
      await page.locator("h1").first().waitFor();
      await until(() => fake.streams.size === 1); // nobody hears what is told before
      know(asks("1 100", "Marie"));
      await toastOf(page, "Marie").waitFor();
      await assertSound(page);
      await toastOf(page, "Marie").getByRole("button", { name: "Let in" }).click();
      await page.locator(".toast", { hasText: "Let in" }).last().waitFor();
      assert.deepEqual(fake.world.plugins.asked, ["let_in Marie s0"]);
      know(asks("1 100", "Marie"), asks("2 101", "Lucie"));
      await toastOf(page, "Lucie").waitFor();
      assert.equal(await toastOf(page, "Marie").count(), 0);
      know(asks("3 102", "Jean"));
      await toastOf(page, "Lucie").waitFor({ state: "detached" });
      await toastOf(page, "Jean").getByRole("button", { name: "Look" }).click();
      await page.waitForURL("**/shares/s0");
      know();
      await page.locator(".status-line").waitFor({ state: "detached" });
    });
  });

  it("tells of each file how often it was downloaded, and leads to its preview", () => atShare(async (page) => {
    await page.locator(".detail summary", { hasText: "Files" }).click();
    const file = page.locator(".file", { hasText: "IMG_202403.jpg" });
    await file.getByText("3 downloads").waitFor();
    const preview = file.getByRole("link", { name: "Preview: IMG_202403.jpg" });
    assert.deepEqual([await preview.getAttribute("href"), await preview.getAttribute("target")], [`${fake.world.shares[0].link}/view/3`, "_blank"]);
    assert.equal(await page.locator(".file", { hasText: "IMG_202400.jpg" }).getByText("downloads").count(), 0);
    await assertSound(page);
  }));

  it("gives the address of its bytes, and a line for the terminal that fetches them", () => atShare(async (page) => {
    await page.locator(".link-card summary").first().click();
    const direct = `${fake.world.shares[0].link}/f/1/${encodeURIComponent(fake.world.shares[0].name)}`;
    await page.locator(".link-card .address").getByText(direct, { exact: true }).waitFor();
    await page.locator(".link-card .address").getByText(`curl -OJ '${direct}'`, { exact: true }).waitFor();
    fake.world.shares[0].locked = true;
    await page.reload();
    await page.locator(".link-card summary").first().click();
    await page.locator(".link-card .address").getByText(`curl -OJ -u me '${direct}'`, { exact: true }).waitFor();
  }));

  it("that is not there any more says so, and leads back", async () => {
    const expects = / 404 /;
    await visit(browser, `${fake.address}/shares/none`, { expects }, async (page) => {
      await page.getByRole("heading", { name: "This is not shared any more" }).waitFor();
      const back = await page.locator(".nothing a", { hasText: "Shares" }).boundingBox();
      assert.ok(back.height < 60, `a button of ${back.height} pixels`);
      await assertSound(page);
    });
  });

  it("has room for the names of files on a phone", () => atShare(async (page) => {
    await page.locator(".detail summary", { hasText: "Fichiers" }).click();
    const [file, name] = [page.locator(".file").nth(12), page.locator(".file .name").nth(12)];
    await name.waitFor();
    const [row, box, copy] = [await file.boundingBox(), await name.boundingBox(), await file.getByRole("button").boundingBox()];
    assert.ok(box.width > 100 && copy.x + copy.width <= row.x + row.width + 1, JSON.stringify([row, box, copy]));
    await assertSound(page);
  }, { width: 360, height: 640, language: "fr" }));

  it("says so where the plugin was set aside, and fits a small screen in French", async () => {
    fake.world.plugins.list.push({ ...quota, is_running: false, strikes: 10 });
    await atShare(async (page, options) => {
      await options.getByText("Téléchargements").waitFor();
      await options.locator("a[href='/plugins']").waitFor();
      await assertSound(page);
    }, { width: 360, height: 640, language: "fr", scheme: "dark" });
  });
});
