// What plugins show in the console, and what a person does there.
import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { until } from "../until.js";
import { rowOf } from "./world.js";

export function plugins(world) {
  it("fills in a plugin's form, sees what came of it, and has it forgotten", () => world.at("/", async (page, person) => {
    await page.getByRole("link", { name: "Write a note" }).click();
    await page.waitForURL("**/plugins/notes/write-a-note");
    const form = page.locator(".panel-form");
    person.expect(/400|422/);
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("a note needs words").waitFor();
    await person.look(page);
    await form.getByLabel("What to note").fill("<b>pain</b> & lait");
    await form.getByLabel("Mark").selectOption("high");
    await form.getByRole("button", { name: "Save" }).click();
    await page.locator(".toast", { hasText: "Noted" }).waitFor();
    assert.equal(await form.getByText("a note needs words").count(), 0);

    await page.getByRole("link", { name: "Shares", exact: true }).click();
    await page.locator(".panel td", { hasText: "<b>pain</b> & lait" }).waitFor();
    await person.look(page);
    await page.getByRole("button", { name: "Forget them" }).click();
    await page.getByText("All notes are forgotten.").waitFor();
    await person.look(page);
    await page.locator("dialog .bad").click();
    await page.locator(".toast", { hasText: "No notes any more" }).waitFor();
    await page.locator(".panel", { hasText: "Nothing yet." }).waitFor();
  }));

  it("sees beside a share what a plugin says of it, and reaches a plugin's screen by Ctrl K", () => world.at("/", async (page) => {
    await page.getByRole("link", { name: "Write a note" }).waitFor();
    const { id } = await world.share(page, "Projet.pdf");
    await rowOf(page, "Projet.pdf").locator(".row-main").click();
    await page.locator(".detail .panel dd", { hasText: id }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("write a");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "Write a note" }).waitFor();
    await page.goBack();
    await page.locator(".detail .panel dd", { hasText: id }).waitFor();
  }));

  it("sees that a plugin was set aside, why, and what it logged; mends it and lets it in again", () => world.at("/plugins", async (page, person) => {
    const file = join(world.paul.folder, ".config", "btshare", "plugins", "careless.lua");
    const card = page.locator(".plugin-list li.card", { has: page.getByRole("heading", { name: "careless" }) });
    await card.getByText("Running").waitFor();
    const stones = Array.from({ length: 10 }, (_, at) => `Caillou ${at}.txt`);
    for (const name of stones) await writeFile(join(world.paul.share, name), name);
    for (const name of stones) await world.paul.wait("share-ready", name);
    await until(async () => (await (await page.request.get(`${world.paul.console}/api/v1/plugins`)).json()).plugins
      .some((plugin) => plugin.name === "careless" && !plugin.is_running));
    await page.reload();
    await card.getByText("Set aside", { exact: true }).waitFor();
    await card.getByText(/careless.lua:5: attempt to index a nil value/).first().waitFor();
    await card.getByText("It failed too often").waitFor();
    await card.locator("summary").click();
    const lines = card.locator(".log li");
    await lines.filter({ hasText: "stack traceback" }).first().waitFor();
    await lines.filter({ hasText: "looks at what becomes ready" }).waitFor();
    await person.look(page);
    const before = await readFile(file, "utf8");
    await writeFile(file, before.replace("event.nothing.name", "event.share.name"));
    await card.getByRole("button", { name: "Reload: careless" }).click();
    await card.getByText("Running").waitFor();
    await until(async () => (await lines.filter({ hasText: "looks at what becomes ready" }).count()) === 2); // still told, and anew
    for (const name of stones) {
      await rm(join(world.paul.share, name));
      await world.endShare(page, name);
    }
  }));

  it("is told why a plugin cannot be loaded again, which runs on", () => world.at("/plugins", async (page, person) => {
    const file = join(world.paul.folder, ".config", "btshare", "plugins", "count.lua");
    const before = await readFile(file, "utf8");
    await writeFile(`${file}.new`, `${before}\nlocal x = = 1\n`);
    await rename(`${file}.new`, file);
    try {
      person.expect(/422/);
      await page.getByRole("button", { name: "Reload: count" }).click();
      await page.locator(".toast", { hasText: /count.lua:\d+/ }).waitFor();
      await page.locator(".plugin-list li", { hasText: "count" }).getByText("Running").waitFor();
    } finally {
      await writeFile(file, before);
    }
    await page.getByRole("button", { name: "Reload: count" }).click();
    await page.getByText("count was loaded again").waitFor();
    await until(async () => (await page.locator(".plugin-list li", { hasText: "count" }).locator(".figures").count()) === 1);
  }));
}
