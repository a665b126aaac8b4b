// What happens to files shows: a new name, new contents, the end; and what is dropped on the window.
import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { rowOf } from "./world.js";

/** Drops a file of that name on the window. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(([called, contents]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([contents], called, { type: "text/plain" }));
    return transfer;
  }, [name, text]);
  for (const kind of ["dragover", "drop"]) await page.dispatchEvent("main", kind, { dataTransfer: data });
}

export function folder(world) {
  it("follows a file through its life", () => world.at("/", async (page, person) => {
    const place = (name) => join(world.paul.share, name);
    await writeFile(place("Budget.ods"), "x".repeat(40000));
    const row = rowOf(page, "Budget.ods");
    await row.waitFor();
    await row.locator(".state", { hasText: "Ready" }).waitFor();
    const { id, link } = await world.share(page, "Budget.ods");

    await rename(place("Budget.ods"), place("Budget 2025.ods"));
    const renamed = rowOf(page, "Budget 2025.ods");
    await renamed.waitFor();
    await row.waitFor({ state: "detached" });
    assert.equal((await world.share(page, "Budget 2025.ods")).id, id, "another share");
    assert.equal((await world.share(page, "Budget 2025.ods")).link, link, "another link");

    await writeFile(place("Budget 2025.ods"), "y".repeat(70000));
    await renamed.locator(".row-extent", { hasText: "70.0 kB" }).waitFor();
    await renamed.locator(".state", { hasText: "Ready" }).waitFor();
    assert.equal((await page.request.get(link)).status(), 200);

    await renamed.locator(".row-main").click();
    await rm(place("Budget 2025.ods"));
    await renamed.locator(".state", { hasText: "Missing" }).waitFor();
    await page.getByRole("button", { name: "Needs attention 1" }).waitFor();
    await person.look(page);
    await page.locator(".end button").click();
    await page.locator("dialog .bad").click();
    await renamed.waitFor({ state: "detached" });
  }));

  it("shares what is dropped on the window, where config.lua allows it", () => world.at("/", async (page) => {
    await drop(page, "Déposé.txt", "bonjour");
    await rowOf(page, "Déposé.txt").locator(".state", { hasText: "Ready" }).waitFor();
    assert.equal(await readFile(join(world.paul.share, "Déposé.txt"), "utf8"), "bonjour");
  }));

  it("says how to allow that where it is not", () => world.at("/", async (page, person) => {
    await drop(page, "Déposé.txt", "bonjour");
    await page.getByText('allow it in config.lua: uploads = "~/Public"').waitFor();
    await page.locator(".row").nth(2).waitFor();
    assert.equal(await page.locator(".row").count(), 3);
    await person.look(page);
  }, { at: world.marie }));
}
