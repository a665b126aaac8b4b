// The other screens: settings, plugins, what happened.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { until } from "../until.js";

export function screens(world) {
  it("saves settings at once, keeps them, and shows what config.lua says", () => world.at("/settings", async (page, person) => {
    const limit = page.getByLabel("Sent at most at");
    await limit.fill("750k");
    await limit.press("Enter");
    await page.locator(".toast", { hasText: "Saved" }).waitFor();
    await page.locator(".setting", { hasText: "750 kB/s" }).waitFor();
    await page.locator(".setting", { hasText: "Your name" }).getByText("Set in config.lua line 2").waitFor();
    assert.equal(await page.getByLabel("Your name").count(), 0, "it could be edited");
    await person.look(page);
    await page.reload();
    await until(async () => (await limit.inputValue()) === "750k");

    await page.getByRole("button", { name: "Show as Lua" }).click();
    const code = await page.locator("dialog pre").textContent();
    assert.match(code, /up = "?750/);
    assert.match(code, /name = "Paul"/);
    await person.look(page);
    await page.keyboard.press("Escape");
    await page.getByLabel("Search settings").fill("obfus");
    await page.getByLabel("Sent at most at").waitFor({ state: "detached" });
    await page.getByLabel("Obfuscated connections").waitFor();
    await page.getByLabel("Search settings").fill("");
    await limit.waitFor();

    await limit.fill("0");
    await limit.press("Enter");
    const unlimited = page.locator(".toast", { hasText: "Saved" });
    await unlimited.getByRole("button", { name: "Undo" }).last().click();
    await until(async () => (await limit.inputValue()) === "750k");
  }));

  it("lists plugins and loads one again", () => world.at("/plugins", async (page, person) => {
    for (const name of ["count", "expiry"]) {
      await page.locator(".plugin-list li", { hasText: name }).getByText("Running").waitFor();
    }
    await page.locator(".plugin-list .figures dd", { hasText: /^[1-9]/ }).waitFor();
    await page.getByRole("button", { name: "Reload: expiry" }).click();
    await page.getByText("expiry was loaded again").waitFor();
    await person.look(page);
  }));

  it("tells what happened, finds in it and hands it out", () => world.at("/activity", async (page, person) => {
    await page.locator(".plot canvas").waitFor();
    await page.getByText("Ready since the start").waitFor();
    const events = page.locator(".timeline li");
    await events.first().waitFor();
    await page.getByLabel("Search what happened").fill("Projet");
    await until(async () => (await events.allTextContents()).every((text) => text.includes("Projet")));
    await person.look(page);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    const lines = (await readFile(await (await coming).path(), "utf8")).trim().split(/\r?\n/);
    assert.ok(lines.length >= 3 && lines.slice(1).every((line) => line.includes("Projet")), lines.join("\n"));
    for (const period of ["One day", "One week"]) {
      await page.getByRole("button", { name: period }).click();
      await page.locator(`.chip[aria-pressed=true]`, { hasText: period }).waitFor();
    }
    await page.getByText("Details").click();
    await person.look(page);
  }));
}
