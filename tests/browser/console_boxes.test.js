// What the console promises of drop boxes, against a daemon that is none: boxes and files as they come, the count beside
// Receive, what is asked before something is deleted, names that deceive.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { assertSound, startBrowser, visit } from "./support.js";
import { startFake } from "./console_fake.js";
import { hostileNames } from "./hostile_names.js";
import { until } from "./until.js";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

describe("the drop boxes of the console", () => {
  let fake;
  beforeEach(async () => (fake = await startFake({ shares: 3 })));
  afterEach(() => fake.close());

  const box = (id) => fake.world.boxes.find((one) => one.id === id);
  const upload = (id) => fake.world.uploads.find((one) => one.id === id);
  const cardOf = (page, title) => page.locator(".box", { has: page.getByRole("heading", { name: title }) });
  const fileOf = (page, name) => page.locator(".box-file", { has: page.locator(`[title="${name}"]`) });

  const onReceive = (look, how = {}) => visit(browser, `${fake.address}/receive`, how, async (page) => {
    await page.getByRole("heading", { name: "Drop boxes" }).waitFor();
    await look(page);
  });

  it("counts beside Receive what waits, in words too, and as it comes", () => visit(browser, fake.address, {}, async (page) => {
    const link = page.locator(".nav").getByRole("link", { name: "Receive 3 files wait for you" });
    await link.waitFor();
    assert.equal(await link.locator(".badge").textContent(), "3");
    Object.assign(upload("u1"), { state: "waiting", received: upload("u1").size });
    fake.world.touchBox(box("b1"));
    await page.locator(".nav").getByRole("link", { name: "Receive 4 files wait for you" }).waitFor();
    fake.world.uploads = [];
    fake.world.touchBox(box("b1"));
    await page.locator(".nav").getByRole("link", { name: "Receive", exact: true }).waitFor();
    await page.locator(".badge").waitFor({ state: "detached" });
  }));

  it("says of a box what it is for, how it is and what it takes, and gives its link and code", () => onReceive(async (page) => {
    const card = cardOf(page, "Photos du mariage");
    await card.getByText("At most 4 GB each, 100 files and 10 GB in all.").waitFor();
    await card.getByText("5 files came in, 431 MB. 1 is on its way.").waitFor();
    await cardOf(page, "Devoirs").locator(".state", { hasText: "Closed" }).waitFor();
    await card.getByRole("button", { name: "Copy link: Photos du mariage" }).click();
    await page.getByText("Link of Photos du mariage copied").waitFor();
    await card.getByRole("button", { name: "QR code: Photos du mariage" }).click();
    assert.equal(await page.locator("dialog .qr img").getAttribute("src"), "/api/v1/boxes/b1/qr.svg");
    assert.equal(await page.locator("dialog .address").textContent(), box("b1").link);
  }));

  it("makes one with a keyboard alone, from the palette, and copies its link", () => visit(browser, fake.address, { expects: /422/ }, async (page) => {
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("drop box");
    await page.getByRole("option", { name: "New drop box" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByLabel("What it is for").waitFor();
    await page.keyboard.type("forbidden");
    await page.keyboard.press("Enter");
    await page.locator("dialog .trouble", { hasText: "not this one" }).waitFor();
    await page.getByLabel("What it is for").fill("Dessins");
    await page.getByLabel("How long it is open").selectOption({ label: "Until I close it" });
    await page.locator("dialog summary", { hasText: "Limits" }).click();
    await page.getByLabel("Largest file").selectOption("100000000");
    await page.getByLabel("Files in all").fill("7");
    await page.locator("dialog summary", { hasText: "Show as command" }).click();
    const command = page.locator("dialog pre");
    await command.getByText("btshare drop --title 'Dessins' --for never --max-file 100M --max-files 7", { exact: true }).waitFor();
    await page.getByLabel("What it is for").fill("-L'été");
    await page.getByLabel("Room for all of them").selectOption("50000000000");
    await command.getByText(String.raw`btshare drop --title='-L'\''été' --for never --max-file 100M --max-files 7 --max-all 50G`, { exact: true }).waitFor();
    await page.getByLabel("What it is for").fill("Dessins");
    await page.getByLabel("Room for all of them").selectOption("10000000000");
    await page.getByLabel("What it is for").press("Enter");
    await page.getByText("Dessins is open, and its link is copied").waitFor();
    await page.waitForURL("**/receive");
    await cardOf(page, "Dessins").getByText("Never expires. At most 100 MB each, 7 files and 10 GB in all.").waitFor();
    assert.equal(box("b3").expires, null);
  }));

  it("changes, closes with a way back, opens again, and removes one after naming it", () => onReceive(async (page) => {
    const card = cardOf(page, "Photos du mariage");
    const choose = async (name) => {
      await card.getByRole("button", { name: "More for" }).click();
      await page.getByRole("menuitem", { name }).click();
    };
    await choose("Change the drop box");
    assert.equal(await page.getByLabel("What it is for").inputValue(), "Photos du mariage");
    await page.getByLabel("How long it is open").selectOption({ label: "Until I close it" });
    await page.getByRole("button", { name: "Save" }).click();
    await card.getByText("Never expires.").waitFor();
    assert.deepEqual(box("b1").limits, { files: 100, bytes: 10e9, file_bytes: 4e9 });

    await choose("Close it");
    await card.locator(".state", { hasText: "Closed" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await card.locator(".state", { hasText: "Open" }).waitFor();
    await choose("Close it");
    await card.locator(".state", { hasText: "Closed" }).waitFor();
    await choose("Open it again");
    await card.locator(".state", { hasText: "Open" }).waitFor();

    await choose("Remove…");
    await page.getByRole("heading", { name: "Remove Photos du mariage?" }).waitFor();
    await page.getByText("4 files that you have not accepted are deleted").waitFor();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await card.waitFor({ state: "detached" });
    assert.equal(fake.world.boxes.length, 1);
  }));

  it("shows who sent what with which words, and accepts it, one or all", () => onReceive(async (page) => {
    const group = page.locator(".box-group", { hasText: "Marie Dubois" });
    await group.getByText("Les photos promises !").waitFor();
    await group.getByText("receipt K7QF").waitFor();
    await page.getByRole("button", { name: "Accept: Discours" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("It is now in /home/paul/Downloads/Inbox").waitFor();
    await page.locator("summary", { hasText: "2 files accepted" }).waitFor();
    assert.equal(upload("u4").state, "accepted");
    // The file has gone, and its button with it: the keyboard is at the next one's.
    await page.locator("[aria-label^='Accept: IMG_']:focus").waitFor();
    await group.getByRole("button", { name: "Accept all 2" }).click();
    await page.getByText("2 files are now in /home/paul/Downloads/Inbox").waitFor();
    await group.waitFor({ state: "detached" });
    await page.locator("summary", { hasText: "4 files accepted" }).click();
    await fileOf(page, "Chanson.ogg").getByText("Lucie · /home/paul/Downloads/Inbox").waitFor();
    await page.locator(".badge").waitFor({ state: "detached" });
  }));

  it("deletes a file only after the question that names it", () => onReceive(async (page) => {
    await page.getByRole("button", { name: "Delete: Discours" }).click();
    await page.getByRole("heading", { name: /Delete Discours.*odt\?/ }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.ok(upload("u4"));
    await page.getByRole("button", { name: "Delete: Discours" }).click();
    await page.locator("dialog .bad").click();
    await page.getByRole("button", { name: "Delete: Discours" }).waitFor({ state: "detached" });
    assert.equal(upload("u4"), undefined);
  }));

  it("stops a file on its way only after the question that names it", () => onReceive(async (page) => {
    await page.getByRole("button", { name: "Stop it: Film" }).click();
    await page.getByRole("heading", { name: /Stop Film.*mp4 on its way\?/ }).waitFor();
    await page.getByText("Its sender is cut off").waitFor();
    await page.locator("dialog .bad").click();
    await page.getByRole("button", { name: "Stop it: Film" }).waitFor({ state: "detached" });
    assert.equal(upload("u1"), undefined);
    assert.equal(box("b1").coming, 0);
  }));

  it("says in the history what came, and leads from there to the boxes", () => visit(browser, fake.address, {}, async (page) => {
    await page.locator(".row").first().waitFor();
    await page.evaluate(() => localStorage.setItem("btshare", JSON.stringify({ tell: ["upload-finished"] })));
    await page.reload();
    await page.locator(".row").first().waitFor();
    const event = { id: 100, time: fake.world.now, kind: "upload-finished", link: "Photos du mariage", who: "Lucie",
      text_key: "history.upload-finished", values: { who: "Lucie", name: "Chanson.ogg", size: 2400000000, box: "Photos du mariage" } };
    const said = "Lucie sent Chanson.ogg (2.4 GB) to Photos du mariage";
    await until(() => page.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/notices.js"))));
    fake.world.events.unshift(event);
    fake.tell({ events: [event] });
    await page.locator(".toast", { hasText: said }).waitFor();
    await page.locator(".nav").getByRole("link", { name: "Activity" }).click();
    await page.locator(".timeline").getByRole("link", { name: said }).click();
    await page.waitForURL("**/receive");
    await page.getByRole("heading", { name: "Drop boxes" }).waitFor();
  }));

  it("follows a file on its way, until it waits", () => onReceive(async (page) => {
    const file = fileOf(page, "Film de la cérémonie.mp4");
    await file.getByText("1.6 GB of 2.4 GB · 65%").waitFor();
    Object.assign(upload("u1"), { received: 1800000000 });
    fake.world.touchBox(box("b1"));
    await file.getByText("1.8 GB of 2.4 GB · 75%").waitFor();
    assert.equal(await file.getByRole("progressbar", { name: "Progress of Film" }).getAttribute("aria-valuetext"), "75%");
    Object.assign(upload("u1"), { state: "waiting", received: 2400000000 });
    fake.world.touchBox(box("b1"));
    await file.getByRole("button", { name: "Accept" }).waitFor();
    fake.world.boxes.splice(0, 1);
    fake.tell({ boxes_removed: ["b1"] });
    await file.waitFor({ state: "detached" });
  }));

  it("stand, as downloads do, as they are also when they change while all shares are asked for", () => onReceive(async (page) => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/v1/shares?view=row", async (route) => {
      await held;
      await route.continue();
    });
    await Promise.all([page.waitForRequest("**/api/v1/shares?view=row"), page.reload()]);
    fake.tell({ downloads: [{ ...fake.world.downloads[0], id: "d9", name: "Entre-temps.iso" }], boxes: [{ ...box("b2"), title: "Dessins" }] });
    await page.getByRole("button", { name: "Add a download" }).click();
    await page.locator("textarea").fill(`magnet:?xt=urn:btih:${"1d0c".repeat(10)}`);
    await page.getByRole("button", { name: "Next" }).click();
    const chosen = page.locator("dialog .files label").first();
    await chosen.waitFor();
    release();
    for (const name of ["Entre-temps.iso", "Dessins"]) await page.locator("main").getByText(name).first().waitFor();
    assert.ok(await chosen.isVisible(), "the dialog is gone");
  }));

  it("takes no name, note or title for anything but text", async () => {
    const [first] = fake.world.uploads;
    fake.world.uploads = hostileNames.map((name, at) => ({ ...first, id: `h${at}`, state: "waiting", name, sender: name, note: name }));
    Object.assign(box("b1"), { title: hostileNames[0], note: hostileNames.join("\n") });
    await onReceive(async (page) => {
      await page.locator(".box-file").nth(hostileNames.length - 1).waitFor();
      assert.equal(await page.locator("main :is(img, script, style, iframe, base, meta), [onerror], [onload]").count(), 0);
      const treacherous = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
      assert.doesNotMatch(await page.evaluate(() => document.body.textContent), treacherous);
      await assertSound(page);
    });
  });

  it("has targets for a thumb, and no more width than the phone", () => onReceive(async (page) => {
    await page.locator(".box-file button").first().waitFor();
    const small = await page.locator(".boxes button, .group-head button").evaluateAll((targets) => targets
      .map((target) => ({ text: target.textContent.trim(), box: target.getBoundingClientRect() }))
      .filter(({ box: { width, height } }) => height < 44 || width < 44).map(({ text }) => text));
    assert.deepEqual(small, []);
    await assertSound(page);
  }, { width: 320, height: 640 }));
});
