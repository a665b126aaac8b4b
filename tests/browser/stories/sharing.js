// A share and those who fetch it: from nothing to everything, links for single people, limits, the end of it.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { startRecipient } from "../recipient.js";
import { until } from "../until.js";
import { rowOf } from "./world.js";

export function sharing(world) {
  const open = async (page, name) => {
    await rowOf(page, name).locator(".row-main").click();
    await page.locator(".detail h1", { hasText: name }).waitFor();
  };

  it("shows a recipient come, get on and have it all", () => world.at("/", async (page, person) => {
    const name = "Concert de Noël.mp4";
    await open(page, name);
    await page.getByText("Nobody fetches it at the moment.").waitFor();
    const { magnet } = await world.share(page, name);
    const recipient = await startRecipient(magnet, world.paul.port, 60e3); // far from the end while it is looked at
    try {
      const bar = page.locator(".recipient progress");
      const seen = [];
      const look = async () => seen.push(await bar.evaluate((element) => element.value));
      await page.locator(".recipient .how", { hasText: "libtorrent" }).waitFor();
      await page.locator(".row .state", { hasText: "Sending to 1 person" }).waitFor();
      await page.getByText("As a picture").click();
      await until(async () => (await look()) && seen.at(-1) > 0);
      await person.look(page);
      await until(async () => (await look()) && new Set(seen).size >= 4);
      assert.ok(seen.at(-1) < 1, `seen on the way: ${seen}`);
      assert.deepEqual(seen, [...seen].sort((a, b) => a - b), "it went back");
      recipient.limit(0);
      await page.getByText("1 person has it all.").waitFor();
      await recipient.wait("finished");
      assert.deepEqual(await readFile(join(recipient.folder, name)), await readFile(join(world.paul.share, name)));
      await page.locator(".recipient .figure", { hasText: "has it all" }).waitFor();
      await page.getByText("History").click();
      await page.locator(".detail .timeline", { hasText: "has all of" }).waitFor();
      await page.getByText("1 full copy was seen elsewhere").waitFor();
      await person.look(page);
    } finally {
      await recipient.close();
    }
    await page.locator(".row .state", { hasText: "Sending to 1 person" }).waitFor({ state: "detached" });
    await page.locator(".row .row-flow").waitFor({ state: "detached" });
  }));

  it("opens the folders of a share one by one, and gives the link of a single file", () => world.at("/", async (page, person) => {
    await rowOf(page, "Vacances 2024").locator(".row-main").click();
    await page.locator(".detail summary", { hasText: "Files" }).click();
    const folder = page.locator(".folder summary", { hasText: "Bretagne" });
    await folder.locator(".muted", { hasText: "3 files · 1.3 MB" }).waitFor();
    assert.equal(await page.locator(".file").count(), 0);
    await folder.click();
    await page.locator(".file", { hasText: "IMG_202403.jpg" }).waitFor();
    await person.look(page);
    await page.getByRole("link", { name: "Preview: Bretagne/IMG_202404.jpg" }).waitFor();
    await page.getByRole("button", { name: "Copy link: Bretagne/IMG_202404.jpg" }).click();
    await page.locator(".toast", { hasText: "copied" }).waitFor();
    const answer = await fetch(await person.pasted(page));
    assert.equal((await answer.arrayBuffer()).byteLength, 397011);
  }));

  it("makes a link for one person, and ends it", () => world.at("/", async (page, person) => {
    await open(page, "Projet.pdf");
    await page.getByText("Links for single people").click();
    await page.getByRole("button", { name: "Make a link for somebody" }).click();
    await page.getByLabel("For whom").fill("Marie");
    await page.getByLabel("How often").fill("3");
    await person.look(page);
    await page.getByRole("button", { name: "Make and copy" }).click();
    await page.locator(".links", { hasText: "Marie" }).getByText("0 downloads · at most 3").waitFor();
    await page.getByText("Link of Marie copied").waitFor();
    const link = await person.pasted(page);
    assert.notEqual(link, (await world.share(page, "Projet.pdf")).link);
    assert.equal((await page.request.get(link)).status(), 200);
    await page.getByRole("button", { name: "QR code: Marie" }).click();
    const image = page.locator("dialog .qr img");
    await image.waitFor();
    await until(() => image.evaluate((element) => element.naturalWidth > 0));
    await page.locator("dialog .address", { hasText: link }).waitFor();
    await person.look(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "End: Marie" }).click();
    await page.getByText("The link for Marie does not work any more").waitFor();
    assert.equal((await page.request.get(link)).status(), 404);
    assert.equal((await page.request.get((await world.share(page, "Projet.pdf")).link)).status(), 200);
  }));

  it("takes limits at once, and takes them back", () => world.at("/", async (page, person) => {
    const name = "Thèse.odt";
    await open(page, name);
    await page.getByRole("button", { name: "Change" }).click();
    const toast = page.locator(".toast", { hasText: "Saved" });
    const limits = page.locator(".limits");
    /** Chooses, sees it, takes it back, sees that. */
    async function choose(select, value, shown, field, kept, after) {
      await select.selectOption(value);
      await limits.getByText(shown).waitFor();
      await until(async () => {
        const share = await world.share(page, name);
        return kept(share[field] ?? share.limits?.[field]);
      }, () => `${field} was not kept`);
      await person.look(page);
      await toast.getByRole("button", { name: "Undo" }).click();
      await limits.getByText(shown).waitFor({ state: "detached" });
      await limits.getByText(after).waitFor();
      await toast.waitFor({ state: "detached" });
    }
    // "One hour" is chosen on the way to "One week", as by a keyboard: Undo leads back to before both.
    const expires = page.getByRole("combobox", { name: "Expires" });
    await expires.selectOption("3600");
    await limits.getByText("Until ").waitFor();
    const inADay = Date.now() / 1000 + 86400;
    await choose(expires, "86400", "Until ", "expires",
      (time) => Math.abs(time - inADay) < 60, "Never expires.");
    await choose(page.getByLabel("Who can find it"), "private", "through its page and .torrent file only", "exposure",
      (exposure) => exposure === "private", "Anyone with the link. Never expires.");
    await choose(page.getByLabel("Sent at most at"), "500000", "At most 500 kB/s.", "up", (up) => up === 500000,
      "Anyone with the link. Never expires.");
  }));

  it("stops sharing when told twice; the file stays", () => world.at("/", async (page, person) => {
    const name = "Liste.txt";
    const { link } = await world.share(page, name);
    await open(page, name);
    await page.locator(".end button").click();
    await page.getByRole("heading", { name: `Stop sharing ${name}?` }).waitFor();
    await person.look(page);
    await page.locator("dialog .bad").click();
    await rowOf(page, name).waitFor({ state: "detached" });
    await page.getByText("Not shared any more.").waitFor();
    assert.equal((await page.request.get(link)).status(), 404);
    await access(join(world.paul.share, name));
  }));
}
