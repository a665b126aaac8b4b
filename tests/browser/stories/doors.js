// Who gets in: what the owner sets in the console, and what a visitor then meets.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { meet } from "../person.js";
import { until } from "../until.js";
import { rowOf } from "./world.js";

const open = async (page, name) => {
  await rowOf(page, name).locator(".row-main").click();
  await page.locator(".detail h1", { hasText: name }).waitFor();
  await page.locator("#options > summary").click();
};

/** Somebody else, with a browser of their own, at the page of a share. */
async function visiting(world, link, how, story) {
  const visitor = await meet(world.browser, link, how);
  visitor.expect(/401|403|410/);
  try {
    await story(await visitor.open(link), visitor);
  } finally {
    await visitor.leave();
  }
}

export function doors(world) {
  it("locks a share with a password, which a visitor then needs, and opens it again", () => world.at("/", async (page, person) => {
    const { link } = await world.share(page, "Liste.txt");
    await open(page, "Liste.txt");
    const options = page.locator("#options");
    await options.getByLabel("Password", { exact: true }).fill("pain et lait");
    await options.getByRole("button", { name: "Set" }).click();
    await page.locator(".link-card .limits").getByText("Password needed.").waitFor();
    await person.look(page);
    await visiting(world, link, { language: "fr", width: 360, height: 640 }, async (theirs, visitor) => {
      await theirs.getByLabel("Mot de passe").fill("lait");
      await theirs.keyboard.press("Enter");
      await theirs.locator(".problem").waitFor();
      await visitor.look(theirs);
      await theirs.getByLabel("Mot de passe").fill("pain et lait");
      await theirs.keyboard.press("Enter");
      await theirs.locator("h1", { hasText: "Liste.txt" }).waitFor();
    });
    await options.getByRole("button", { name: "Remove" }).click();
    await page.locator(".link-card .limits").getByText("Password needed.").waitFor({ state: "detached" });
    await visiting(world, link, {}, (theirs) => theirs.locator("h1", { hasText: "Liste.txt" }).waitFor());
  }));

  it("lets a share be downloaded once, sees that it was, and takes the limit away", () => world.at("/", async (page, person) => {
    const { link } = await world.share(page, "Thèse.odt");
    await open(page, "Thèse.odt");
    const field = page.locator("#options").getByLabel("Downloads", { exact: true });
    const card = page.locator(".link-card .limits");
    await field.fill("1");
    await field.press("Enter");
    await card.getByText("1 of 1 downloads left.").waitFor();
    assert.equal((await fetch(`${link}/f/1/x`).then((answer) => answer.arrayBuffer())).byteLength, 90000);
    await card.getByText("0 of 1 downloads left.").waitFor();
    await person.look(page);
    await until(async () => (await fetch(link)).status === 404);
    await field.fill("");
    await field.press("Enter");
    await card.getByText("downloads left").waitFor({ state: "detached" });
    await until(async () => (await fetch(link)).status === 200);
  }));

  it("is asked before somebody gets a share, lets one in and turns one away", () => world.at("/", async (page, person) => {
    const { link } = await world.share(page, "Projet.pdf");
    await open(page, "Projet.pdf");
    await page.locator("#options").getByLabel("Ask me first").check();
    await page.locator(".link-card .limits").getByText("You are asked first.").waitFor();
    assert.equal((await fetch(`${link}/f/1/x`)).status, 403);
    const line = page.locator(".status-line", { hasText: /Projet.pdf: 127\S+ asks to be let in\./ });
    const panel = page.locator(".panel", { hasText: "They ask to be let in" });
    await visiting(world, link, { language: "fr", width: 360, height: 640 }, async (theirs, visitor) => {
      await theirs.getByText("Paul a reçu votre demande.").waitFor();
      await visitor.look(theirs);
      await line.waitFor();
      await panel.getByRole("button", { name: /Let in: 127/ }).waitFor();
      await person.look(page);
      await panel.getByRole("button", { name: /Let in: 127/ }).click();
      await theirs.locator("h1", { hasText: "Projet.pdf" }).waitFor();
      const [download] = await Promise.all([theirs.waitForEvent("download"), theirs.getByRole("link", { name: /^Télécharger/ }).click()]);
      assert.equal(await download.failure(), null);
    });
    await visiting(world, link, {}, async (theirs) => {
      await theirs.getByText("Paul was asked. This page opens by itself.").waitFor();
      await panel.getByRole("button", { name: /Refuse: 127/ }).click();
      await theirs.getByText("You were not let in.").waitFor();
      await line.waitFor({ state: "detached" });
    });
    await page.locator("#options").getByLabel("Ask me first").uncheck();
    await page.locator(".link-card .limits").getByText("You are asked first.").waitFor({ state: "detached" });
    await visiting(world, link, {}, (theirs) => theirs.locator("h1", { hasText: "Projet.pdf" }).waitFor());
  }));

  it("receives what somebody has locked, once they have the password", () => world.at("/receive", async (page, person) => {
    const { share } = await world.marie.wait("share-ready", "Chanson.ogg");
    const field = page.getByLabel("Password of the link");
    await page.getByRole("button", { name: "Add a download" }).click();
    await page.getByLabel("A magnet, or the address").fill(share.link);
    await page.getByRole("button", { name: "Next" }).click();
    await field.fill("motus");
    await person.look(page);
    await page.keyboard.press("Enter");
    await page.locator("dialog [role=alert]", { hasText: "that is not the password of this link" }).waitFor();
    await person.look(page);
    await page.keyboard.press("Escape");
    const row = page.locator(".download", { hasText: "that is not the password" });
    await person.look(page);
    await row.getByRole("button", { name: "Enter the password…" }).click();
    await field.fill("motus et bouche");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.locator("dialog .files label", { hasText: "Chanson.ogg" }).waitFor();
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await page.locator(".download", { hasText: "Chanson.ogg" }).locator(".state", { hasText: "Complete" }).waitFor();
    assert.deepEqual(await readFile(join(world.paul.folder, "Downloads", "Chanson.ogg")), await readFile(join(world.marie.share, "Chanson.ogg")));
  }));
}
