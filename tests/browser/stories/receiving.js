// Downloads in the console: from somebody's magnet and page to the file on the disk, and what does not come.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { until } from "../until.js";

export function receiving(world) {
  const rowOf = (page, name) => page.locator(".download", { has: page.locator(`[title="${name}"]`) });
  const ofMarie = async (name) => (await world.marie.wait("share-ready", name)).share;
  const received = (name) => join(world.paul.folder, "Downloads", name);

  async function add(page, source) {
    await page.getByRole("button", { name: "Add a download" }).click();
    await page.getByLabel("A magnet, or the address").fill(source);
    await page.getByRole("button", { name: "Next" }).click();
  }

  it("receives what a magnet names, once its files are chosen", () => world.at("/receive", async (page, person) => {
    const { magnet } = await ofMarie("Film de Marie.mkv");
    await page.getByText("What you receive appears here.").waitFor();
    await add(page, magnet);
    await page.locator("dialog .files label", { hasText: "Film de Marie.mkv" }).waitFor();
    await person.look(page);
    await page.getByRole("button", { name: "Download", exact: true }).click();
    const row = rowOf(page, "Film de Marie.mkv");
    await row.locator(".state", { hasText: "Complete" }).waitFor();
    assert.deepEqual(await readFile(received("Film de Marie.mkv")), await readFile(join(world.marie.share, "Film de Marie.mkv")));
    await person.look(page);

    await row.getByRole("button", { name: "More for" }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    await page.getByRole("button", { name: "Delete the files" }).click();
    await row.waitFor({ state: "detached" });
    await until(() => access(received("Film de Marie.mkv")).then(() => false, () => true));
  }));

  it("receives what somebody's page offers, told by its address alone", () => world.at("/receive", async (page) => {
    const { link } = await ofMarie("Chanson.ogg");
    await add(page, link);
    await page.locator("dialog .files label", { hasText: "Chanson.ogg" }).waitFor();
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await rowOf(page, "Chanson.ogg").locator(".state", { hasText: "Complete" }).waitFor();
    assert.deepEqual(await readFile(received("Chanson.ogg")), await readFile(join(world.marie.share, "Chanson.ogg")));
  }));

  it("takes a .torrent that is dropped on the window, and a magnet that is pasted", () => world.at("/activity", async (page, person) => {
    const book = await ofMarie("Recueil.epub");
    const bytes = [...new Uint8Array(await (await fetch(book.torrent)).arrayBuffer())];
    const dropOn = (kind) => page.evaluate(([name, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(content)], "Recueil.torrent", { type: "application/x-bittorrent" }));
      document.body.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
    }, [kind, bytes]);
    await page.locator(".plot canvas").waitFor();
    await dropOn("dragover");
    await page.locator(".drop").waitFor();
    await person.look(page);
    await dropOn("drop");
    await page.locator("dialog", { hasText: "Recueil.torrent" }).waitFor();
    assert.equal(await page.locator(".drop").count(), 0);
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator("dialog .files label", { hasText: "Recueil.epub" }).waitFor();
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await rowOf(page, "Recueil.epub").locator(".state", { hasText: "Complete" }).waitFor();

    await dropOn("drop");
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator(".toast", { hasText: "is in the list already" }).waitFor();
    await page.locator("dialog").waitFor({ state: "detached" });

    const film = await ofMarie("Film de Marie.mkv");
    await page.evaluate((text) => navigator.clipboard.writeText(text), film.magnet);
    await page.locator("h1").click();
    await page.keyboard.press("Control+v");
    await until(async () => (await page.getByLabel("A magnet, or the address").inputValue()) === film.magnet);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Add a download" }).click();
    await page.getByLabel("A magnet, or the address").focus();
    await page.keyboard.press("Control+v"); // into the field: once, and no second dialog
    assert.equal(await page.getByLabel("A magnet, or the address").inputValue(), film.magnet);
    assert.equal(await page.locator("dialog").count(), 1);
  }));

  it("says why nothing comes, and what is no magnet", () => world.at("/receive", async (page, person) => {
    person.expect(/422/);
    await add(page, "magnet:?xt=urn:btih:nonsense");
    await page.locator("dialog .trouble:not(:empty)").waitFor();
    await person.look(page);
    await page.getByLabel("A magnet, or the address").fill(`magnet:?xt=urn:btih:${"1d0c".repeat(10)}&dn=Perdu`);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("Asking others what is in it.").waitFor();
    await person.look(page);
    await page.getByRole("button", { name: "Later" }).click();
    const row = rowOf(page, "Perdu");
    await row.locator(".why").waitFor();
    await person.look(page);
    await row.getByRole("button", { name: "More for Perdu" }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    await page.getByRole("button", { name: "Keep the files" }).click();
    await row.waitFor({ state: "detached" });
  }));
}
