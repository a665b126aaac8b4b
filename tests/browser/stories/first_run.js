// The first minutes: an address that lets in once, the files that are there, a link on the clipboard.
import assert from "node:assert/strict";
import { it } from "node:test";
import { play } from "../person.js";

export function firstRun(world) {
  it("leads from the printed address to a link on the clipboard", () =>
    play(world.browser, world.paul.console, {}, async (person) => {
      const page = await person.open(world.paul.keyUrl);
      await page.getByRole("heading", { name: "You are sharing" }).waitFor();
      assert.equal(new URL(page.url()).hash, "", "the key is still in the address");
      await page.locator(".row").nth(4).waitFor();
      assert.equal(await page.locator(".row").count(), 5);
      await person.look(page);
      const card = page.locator(".first");
      const name = await card.locator(".first-link .name").getAttribute("title");
      await card.getByRole("button", { name: "Copy link" }).click();
      await page.getByText(`Link of ${name} copied`).waitFor();
      await card.waitFor({ state: "detached" });
      const link = await person.pasted(page);
      assert.equal(link, (await world.share(page, name)).link);
      assert.equal((await page.request.get(link)).status(), 200);
      await person.look(page);

      await page.reload(); // the cookie holds
      await page.locator(".row").first().waitFor();
      assert.equal(await page.locator(".first").count(), 0);
    }));

  it("does not let a second one in by the same address", () =>
    play(world.browser, world.paul.console, {}, async (person) => {
      person.expect(/410/); // the key has been used
      const page = await person.open(world.paul.keyUrl);
      await page.getByText("This address has been used already.").waitFor();
      assert.equal(await page.locator(".row").count(), 0);
      await person.look(page);
    }));
}
