// Other hands: the keyboard alone, a phone, French.
import assert from "node:assert/strict";
import { it } from "node:test";
import { until } from "../until.js";
import { rowOf } from "./world.js";

/** Presses Tab until what has the focus is called so, and lies in what is selected so. */
async function tabTo(page, name, within = "body") {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate((place) => {
      const { activeElement: element } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return { text: element.getAttribute("aria-label") ?? element.textContent.trim(),
        isMarked: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
        isInSight: box.bottom > 0 && box.top < innerHeight,
        isThere: element.closest(place) !== null };
    }, within);
    if (!found.isThere || !name.test(found.text)) continue;
    assert.ok(found.isMarked, `${found.text}: nothing shows that the keyboard is there`);
    assert.ok(found.isInSight, `${found.text}: the keyboard is out of sight`);
    return;
  }
  assert.fail(`${name}: not reached by Tab`);
}

/** Taps on whatever is folded in a share's details, once each. */
async function unfold(page) {
  const folded = page.locator(".detail details:not([open]) > summary");
  while (await folded.count()) {
    const summary = await folded.first().elementHandle();
    await summary.tap();
    await until(() => summary.evaluate((element) => element.parentElement.open));
  }
}

const screens = [
  ["/shares", ".row", "Partages"], ["/receive", ".nothing, .download", "Recevoir"],
  ["/activity", ".plot canvas", "Activité"], ["/settings", ".facts", "Réglages"], ["/plugins", ".plugin-list li", "Extensions"],
];

export function hands(world) {
  it("is used by the keyboard alone", () => world.at("/", async (page, person) => {
    await tabTo(page, /^Skip to the content$/);
    await page.keyboard.press("Enter");
    await page.keyboard.press("/");
    await page.keyboard.type("projet");
    await until(async () => (await page.locator(".row").count()) === 1);
    await tabTo(page, /^Copy link: Projet/);
    await page.keyboard.press("Enter");
    await page.getByText("Link of Projet.pdf copied").waitFor();
    assert.equal(await person.pasted(page), (await world.share(page, "Projet.pdf")).link);
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await until(async () => (await page.locator(".row").count()) > 1);

    await page.keyboard.press("j");
    const first = await page.locator(".row[data-cursor=true] .name").getAttribute("title");
    await page.keyboard.press("Enter");
    await page.locator(".detail h1", { hasText: first }).waitFor();
    await page.keyboard.press("q");
    await page.locator("dialog .qr").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press(" ");
    await page.locator(".detail .story", { hasText: "Paused" }).waitFor();
    await page.keyboard.press(" ");
    await page.locator(".detail .story", { hasText: "Ready" }).waitFor();

    await tabTo(page, /^Limits and options$/);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("One week");
    await page.keyboard.press("Enter");
    await page.locator(".limits", { hasText: "Until " }).waitFor();
    await page.locator(".toast", { hasText: "Saved" }).waitFor();
    await tabTo(page, /^Undo$/, ".toast:last-child"); // the one before it is of the pause
    await page.keyboard.press("Enter");
    await page.locator(".limits", { hasText: "Never expires." }).waitFor();

    await page.keyboard.press("Control+k");
    await page.keyboard.type("settings");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await tabTo(page, /^Show as Lua$/);
    await page.keyboard.press("Enter");
    await page.locator("dialog pre").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.locator("dialog .keys").waitFor();
    await person.look(page);
    await page.keyboard.press("Escape");
  }));

  it("is used with one thumb, in French", () => world.at("/", async (page, person) => {
    assert.equal(await page.getAttribute("html", "lang"), "fr");
    await person.look(page);
    const row = rowOf(page, "Vacances 2024");
    await page.locator(".nav-own").waitFor({ state: "attached" }); // with its plugins; a plugin's place is for wide windows
    const small = await page.locator(".row button, .row-main, .nav li:not(.nav-own) a").evaluateAll((targets) => targets
      .map((target) => ({ text: target.textContent.trim(), box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 44 || box.width < 44).map(({ text, box }) => `${text}: ${box.width} × ${box.height}`));
    assert.deepEqual(small, []);
    await row.locator(".row-main").tap();
    await page.locator(".detail h1", { hasText: "Vacances" }).waitFor();
    await page.locator(".detail").getByRole("button", { name: "Copier le lien" }).first().tap();
    await page.getByText("Lien de Vacances 2024 copié").waitFor();
    await unfold(page);
    await page.locator(".detail .folder").waitFor();
    await unfold(page);
    await page.locator(".detail .file").first().waitFor();
    await person.look(page);
    await page.getByRole("button", { name: "Partages" }).tap();
    await row.waitFor();
    for (const [path, there, name] of screens) {
      if (path !== "/plugins") await page.locator(".nav").getByRole("link", { name }).tap();
      else await page.goto(world.paul.console + path);
      await page.locator(there).first().waitFor();
      await person.look(page);
    }
  }, { width: 360, height: 640, language: "fr", touch: true }));
}
