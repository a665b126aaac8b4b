// A finger: several shares at once, by resting on one or by its menu; and what cannot be shared says why.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { until } from "../until.js";
import { rowOf } from "./world.js";

const phone = { width: 360, height: 640, touch: true };

/** A finger that can rest and draw, which a tap cannot. */
async function fingerOf(page) {
  const client = await page.context().newCDPSession(page);
  const send = (type, touchPoints) => client.send("Input.dispatchTouchEvent", { type, touchPoints });
  return {
    async down(locator) {
      await locator.scrollIntoViewIfNeeded();
      const box = await locator.boundingBox();
      const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      await send("touchStart", [point]);
      return point;
    },
    move: (point) => send("touchMove", [point]),
    up: () => send("touchEnd", []),
  };
}

/** Holds up what waits half a second, as a rest does, however slow the machine is, until `release`. */
async function holdRests(page) {
  await page.evaluate(() => {
    const { setTimeout, clearTimeout } = globalThis;
    const rests = new Map();
    globalThis.setTimeout = (act, pause, ...rest) => {
      const id = setTimeout(pause === 500 ? () => {} : act, pause, ...rest);
      if (pause === 500) rests.set(id, act);
      return id;
    };
    globalThis.clearTimeout = (id) => {
      rests.delete(id);
      clearTimeout(id);
    };
    globalThis.release = () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      for (const act of rests.values()) act();
    };
  });
  return () => page.evaluate(() => globalThis.release());
}

export function touch(world) {
  it("selects several by a finger that rests, and scrolls by one that moves", () => world.at("/", async (page, person) => {
    const finger = await fingerOf(page);
    const bar = page.locator(".selection");
    const main = (name) => rowOf(page, name).locator(".row-main");

    const height = () => page.evaluate(() => scrollY);

    // Beginning on a row that would be selected half a second later.
    const release = await holdRests(page);
    const point = await finger.down(main("Concert de Noël.mp4"));
    const from = await height();
    for (let step = 1; step <= 8; step += 1) await finger.move({ x: point.x, y: point.y - step * 15 });
    await until(async () => (await height()) > from);
    await finger.up();
    const last = [];
    await until(async () => new Set(last.slice(last.push(await height()) - 4)).size === 1 && last.length > 4);
    await release();

    await finger.down(main("Projet.pdf"));
    await bar.waitFor();
    await finger.up();
    await bar.getByText("1 selected").waitFor();
    assert.ok(await page.getByLabel("Select Projet.pdf").isChecked(), "another one is selected");
    assert.equal(new URL(page.url()).pathname.startsWith("/shares/"), false, "it opened, too");
    await person.look(page);

    await main("Thèse.odt").tap();
    await bar.getByText("2 selected").waitFor();
    await bar.getByRole("button", { name: "Copy all links" }).tap();
    await page.getByText("2 links copied").waitFor();
    const links = await Promise.all(["Projet.pdf", "Thèse.odt"].map(async (name) => (await world.share(page, name)).link));
    assert.deepEqual((await person.pasted(page)).split("\n").sort(), links.sort());
    await main("Thèse.odt").tap();
    await bar.getByText("1 selected").waitFor();
    await bar.getByRole("button", { name: "Close" }).tap();
    await bar.waitFor({ state: "detached" });
    await main("Projet.pdf").tap();
    await page.locator(".detail h1", { hasText: "Projet" }).waitFor();
  }, phone));

  it("selects without resting, pauses them together and takes it back", () => world.at("/", async (page) => {
    await rowOf(page, "Projet.pdf").getByRole("button", { name: /^More/ }).tap();
    await page.getByRole("menuitem", { name: "Select" }).tap();
    await page.getByLabel("Select Thèse.odt").check();
    await page.locator(".selection").getByRole("button", { name: "Pause" }).tap();
    for (const name of ["Projet.pdf", "Thèse.odt"]) await rowOf(page, name).locator(".state", { hasText: "Paused" }).waitFor();
    await page.locator(".toast").getByRole("button", { name: "Undo" }).tap();
    for (const name of ["Projet.pdf", "Thèse.odt"]) await rowOf(page, name).locator(".state", { hasText: "Ready" }).waitFor();
  }, phone));

  it("says what cannot be shared, as soon as it is there, and why", () => world.at("/", async (page, person) => {
    const place = (name) => join(world.paul.share, name);
    const names = ["raccourci", "tuyau", "C:\\Notes.txt"];
    try {
      await symlink("Projet.pdf", place(names[0]));
      await promisify(execFile)("mkfifo", [place(names[1])]);
      await writeFile(place(names[2]), "notes");
      await page.locator(".skipped", { hasText: "3 fichiers ne peuvent pas être partagés" }).waitFor();
      await page.getByRole("button", { name: "Pourquoi" }).tap();
      const dialog = page.locator("dialog");
      for (const [name, reason] of [[names[0], "lien symbolique"], [names[1], "tube nommé"], [names[2], "barre oblique inverse"]]) {
        await dialog.locator("li", { hasText: name }).getByText(reason).waitFor();
      }
      await person.look(page);
      assert.equal(await page.locator(".row", { hasText: "tuyau" }).count(), 0);
    } finally {
      for (const name of names) await rm(place(name), { force: true });
    }
    await page.keyboard.press("Escape");
    await page.locator(".skipped").waitFor({ state: "detached" });
  }, { ...phone, language: "fr" }));
}
