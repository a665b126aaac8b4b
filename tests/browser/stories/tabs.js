// What lies between browser and daemon: more tabs than one, a daemon that goes and comes back.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { until } from "../until.js";
import { rowOf } from "./world.js";

export function tabs(world) {
  it("follows in two tabs by one stream, which the second takes over", () => world.at("/", async (page, person) => {
    const streams = [];
    person.context.on("request", (request) => {
      if (request.url().endsWith("/api/v1/events")) streams.push(request);
    });
    const other = await person.open();
    await rowOf(other, "Projet.pdf").waitFor();
    const place = join(world.paul.share, "Onglets.txt");
    await writeFile(place, "1");
    for (const tab of [page, other]) await rowOf(tab, "Onglets.txt").locator(".state", { hasText: "Ready" }).waitFor();
    assert.equal(streams.length, 0, "the second tab opened a stream of its own");
    await page.close();
    await until(() => streams.length > 0);
    await rm(place);
    await rowOf(other, "Onglets.txt").locator(".state", { hasText: "Missing" }).waitFor();
    assert.equal(streams.length, 1);
  }));

  it("says that the daemon is gone, waits, and goes on", () => world.at("/settings", async (page, person) => {
    person.expect(/net::ERR_(CONNECTION_\w+|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/);
    const limit = page.getByLabel("Sent at most at");
    await limit.fill("900k");
    await limit.press("Enter");
    await page.locator(".toast", { hasText: "Saved" }).waitFor();
    await page.getByRole("link", { name: "Shares" }).click();
    await rowOf(page, "Projet.pdf").waitFor();
    const before = await world.share(page, "Projet.pdf");
    await world.paul.lose();
    await page.getByText("BTshare stopped.").waitFor();
    await person.look(page);
    await writeFile(join(world.paul.share, "Pendant.txt"), "meanwhile");
    await page.waitForTimeout(1500); // through at least one attempt that fails
    const attempt = page.waitForEvent("requestfailed");
    await page.getByRole("button", { name: "Try now" }).click();
    await attempt; // in vain, and it goes on trying
    await page.getByText("Trying again in").waitFor();
    await world.paul.again();
    await page.locator(".lost").waitFor({ state: "detached" });
    await rowOf(page, "Pendant.txt").locator(".state", { hasText: "Ready" }).waitFor();
    const after = await world.share(page, "Projet.pdf");
    assert.deepEqual([after.id, after.link, after.magnet], [before.id, before.link, before.magnet]);
    await page.goto(`${world.paul.console}/settings`);
    await limit.waitFor();
    assert.equal(await limit.inputValue(), "900k");
  }));
}
