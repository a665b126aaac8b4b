// Drop boxes from end to end: the owner makes one, guests send with and without JavaScript, the owner looks and chooses.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { asGuest } from "../guest.js";
import { until } from "../until.js";

export function boxes(world) {
  const fileOf = (page, name) => page.locator(".box-file", { has: page.locator(`[title="${name}"]`) });

  it("lets others send files, and keeps what the owner accepts", () => world.at("/receive", async (page, person) => {
    const folder = await mkdtemp(join(tmpdir(), "btshare-guest-"));
    const film = join(folder, "Film.mp4");
    await writeFile(film, randomBytes(9e6));

    await page.getByText("A drop box is a link through which others send you files.").waitFor();
    await page.getByRole("button", { name: "New drop box" }).click();
    await page.getByLabel("What it is for").fill("Photos du mariage");
    await person.look(page);
    await page.getByRole("button", { name: "Make it and copy its link" }).click();
    const card = page.locator(".box", { hasText: "Photos du mariage" });
    await card.getByText("Nothing has come in yet.").waitFor();
    await until(async () => (await person.pasted(page)).includes("/d/"));
    const { pathname } = new URL(await person.pasted(page));
    const address = new URL(pathname, world.paul.root).href;

    await asGuest(world.browser, address, { script: false }, async (guest) => {
      await guest.getByLabel("A message").fill("De ma part.");
      await guest.getByLabel("Your name").fill("Oncle Jean");
      await guest.setInputFiles("#files", { name: "Discours.txt", mimeType: "text/plain", buffer: Buffer.from("Chers mariés") });
      await guest.getByRole("button", { name: "Send", exact: true }).click();
      await guest.getByRole("heading", { name: "It has arrived" }).waitFor();
      await guest.locator("li", { hasText: "Discours.txt" }).getByText(/receipt \S+/).waitFor();
    });
    await fileOf(page, "Discours.txt").getByRole("button", { name: "Accept" }).waitFor();
    await page.locator(".nav").getByRole("link", { name: "Receive 1 file waits for you" }).waitFor();
    const jean = page.locator(".box-group", { hasText: "Oncle Jean" });
    await jean.getByText("De ma part.").waitFor();

    await asGuest(world.browser, address, { expects: /ERR_INTERNET_DISCONNECTED/ }, async (guestPage, guest) => {
      await guestPage.getByLabel("Your name").fill("Marie");
      await guestPage.getByLabel("A message").fill("Les photos promises !");
      await guest.choose(film);
      guest.cutAfter(1);
      await guest.send();
      await guest.says("Film.mp4", "Waiting for the network");
      await fileOf(page, "Film.mp4").getByRole("progressbar").waitFor();
      await person.look(page);
      await guestPage.reload();
      await guest.says("Film.mp4", "Choose the same file again to go on.");
      guest.mend();
      await guest.choose(film);
      await guest.says("Film.mp4", "Done");
      await guestPage.getByLabel("Your name").fill("Marie");
      await guest.choose({ name: "Flou.jpg", mimeType: "image/jpeg", buffer: Buffer.from("flou") });
      await guest.send();
      await guest.says("Flou.jpg", "Done");
    });

    await page.locator(".nav").getByRole("link", { name: "Receive 3 files wait for you" }).waitFor();
    const marie = page.locator(".box-group", { has: fileOf(page, "Film.mp4") });
    await marie.getByText("Les photos promises !").waitFor();
    await marie.getByText("Marie").waitFor();
    await person.look(page);
    await page.getByRole("button", { name: "Accept: Film.mp4" }).click();
    await card.locator("summary", { hasText: "1 file accepted" }).waitFor();
    await page.getByRole("button", { name: "Delete: Flou.jpg" }).click();
    await page.getByRole("heading", { name: "Delete Flou.jpg?" }).waitFor();
    await person.look(page);
    await page.locator("dialog .bad").click();
    await page.getByRole("button", { name: "Delete: Flou.jpg" }).waitFor({ state: "detached" });
    await page.locator(".nav").getByRole("link", { name: "Receive 1 file waits for you" }).waitFor();
    const inbox = join(world.paul.folder, "Downloads", "Inbox");
    assert.ok((await readFile(join(inbox, "Film.mp4"))).equals(await readFile(film)));
    assert.deepEqual((await readdir(inbox)).filter((name) => !name.startsWith(".")), ["Film.mp4"]);

    await card.getByRole("button", { name: "More for" }).click();
    await page.getByRole("menuitem", { name: "Close it" }).click();
    await card.locator(".state", { hasText: "Closed" }).waitFor();
    assert.equal((await fetch(address)).status, 404);
    await card.getByRole("button", { name: "More for" }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    await page.getByText("1 file that you have not accepted is deleted").waitFor();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await card.waitFor({ state: "detached" });
    await until(async () => !(await readdir(inbox, { recursive: true })).some((name) => /\/\w{20,}$/.test(name)));
    assert.ok((await readdir(inbox)).includes("Film.mp4"));
    await rm(folder, { recursive: true });
  }));
}
