// Makes the pictures of the console under docs/: `scripts/screenshots BUILD [NAME…]`. Two real daemons with something in
// them; each screen light and dark, in English and in French.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startRecipient } from "./recipient.js";
import { meet } from "./person.js";
import { makeWorld, rowOf } from "./stories/world.js";
import { until } from "./until.js";

const out = process.argv[2];
const source = fileURLToPath(new URL("../../", import.meta.url));
const phone = { width: 360, height: 640, touch: true };
const wide = { width: 1280, height: 800 };

/** [name in the folder, size or [number of files, size of each]] */
const contents = [
  ["Vacances 2024", [142, 3900000]], ["Concert de Noël.mp4", 48000000], ["Mémoire de master, version finale.odt", 2400000],
  ["Photos de classe", [31, 2100000]], ["Projet.pdf", 3217000], ["Plans de la maison.zip", 18400000],
  ["Recettes de Mamie.epub", 860000], ["Répétition du 12 mai.flac", 96000000], ["Budget de l'association.ods", 74000],
];

async function fill(share) {
  for (const [name, what] of contents) {
    const place = join(share, name);
    if (typeof what === "number") {
      await writeFile(place, randomBytes(what));
      continue;
    }
    await mkdir(join(place, "Bretagne"), { recursive: true });
    for (let at = 0; at < what[0]; at += 1) {
      const file = join(place, at % 3 ? "Bretagne" : "", `IMG_2024${String(at).padStart(4, "0")}.jpg`);
      await writeFile(file, "picture");
      await truncate(file, what[1] + at * 1000);
    }
  }
}

async function fillMarie(share) {
  await writeFile(join(share, "Film de l'été.mkv"), randomBytes(60e6));
  await writeFile(join(share, "Chanson.ogg"), randomBytes(4.1e6));
}

const inDetail = async (page) => page.locator(".recipient .strip").first().waitFor();

const toBoxes = (page) => page.locator("#boxes-title").evaluate((element) => element.scrollIntoView());

/** name, size, path or name of a share, what must be there, what to do first */
const screens = [
  ["first", phone, "/", ".first"],
  ["shares", wide, "/", ".row .row-flow"],
  ["shares-phone", phone, "/", ".row .row-flow"],
  ["detail", wide, "share:Concert de Noël.mp4", ".recipient progress", inDetail],
  ["detail-phone", phone, "share:Concert de Noël.mp4", ".recipient progress", async (page) => {
    await inDetail(page);
    await page.locator(".detail section.group").first().evaluate((element) => scrollTo(0, element.offsetTop - 10));
  }],
  ["picture", phone, "share:Concert de Noël.mp4", ".recipient progress", async (page) => {
    await inDetail(page);
    await page.locator(".detail section.group details:not([open]) summary").last().click();
    await page.locator(".map").evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 60));
  }],
  ["qr", phone, "share:Projet.pdf", "dialog .qr img", (page) => page.locator(".link-card .buttons button").nth(1).click()],
  ["options", wide, "share:Projet.pdf", ".options", async (page) => {
    await page.locator("#options summary").click();
    await page.locator("#options").evaluate((element) => element.scrollIntoView({ block: "center" }));
  }],
  ["receive", wide, "/receive", ".download"],
  ["receive-phone", phone, "/receive", ".download"],
  ["boxes", wide, "/receive", ".box-file", toBoxes],
  ["boxes-phone", phone, "/receive", ".box-file", async (page) => {
    await page.locator(".box-group .box-note").evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 130));
  }],
  ["box-new", phone, "/receive", "dialog select", (page) => page.locator(".group-head button").click()],
  ["receive-add", phone, "/receive", "dialog textarea", (page) => page.locator("header .primary").click()],
  ["activity", wide, "/activity", ".timeline li"],
  ["settings", wide, "/settings", ".setting-key"],
  ["lua", phone, "/settings", "dialog pre", (page) => page.locator(".screen header button").click()],
  ["plugins", phone, "/plugins", ".plugin-list .figures"],
  ["plugins-wide", wide, "/plugins", ".plugin-log .log li", (page) =>
    page.locator(".plugin-list .card", { has: page.getByRole("heading", { name: "count" }) }).locator(".plugin-log summary").click()],
  ["palette", wide, "/", "[role=option]", (page) => page.keyboard.press("Control+k")],
];

/** Writes paths as they are on a computer where BTshare is installed, and not run from a folder for tests. */
const showAsInstalled = (page, daemon) => page.evaluate((places) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    for (const [from, to] of places) if (node.data.includes(from)) node.data = node.data.replaceAll(from, to);
  }
}, [[daemon.folder, "/home/paul"], [source, "/usr/local/share/btshare/"]]);

async function take(world, name, size, path, there, first) {
  for (const language of ["en", "fr"]) {
    const person = await meet(world.browser, world.paul.console, { ...size, language });
    const page = await person.open(await world.keyUrl());
    await page.locator(".row").first().waitFor();
    if (name !== "first") {
      await page.evaluate(() => localStorage.setItem("btshare",
        JSON.stringify({ welcome: false, ...JSON.parse(localStorage.getItem("btshare") ?? "{}") })));
      await page.reload();
      await page.locator(".row").first().waitFor();
    }
    if (path.startsWith("share:")) await rowOf(page, path.slice(6)).locator(".row-main").click();
    else if (path !== "/") await page.goto(world.paul.console + path);
    if (first) {
      await page.locator(".row:visible, .detail, .download, .box-file, .setting-key, .plugin-list li, .nothing").first().waitFor();
      await page.waitForTimeout(500);
      await first(page);
    }
    await page.locator(there).first().waitFor();
    await page.waitForTimeout(700);
    await showAsInstalled(page, world.paul);
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(out, `console-${name}-${scheme}-${language}.png`) });
    }
    await person.leave();
  }
}

/** What only somebody sees who is not in, or when nobody answers. */
async function takeOutside(world) {
  for (const language of ["en", "fr"]) {
    const person = await meet(world.browser, world.marie.console, { ...phone, language });
    person.expect(/ERR_/);
    const shoot = async (page, name) => {
      for (const scheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForTimeout(150);
        await page.screenshot({ path: join(out, `console-${name}-${scheme}-${language}.png`) });
      }
    };
    const page = await person.open("/");
    await page.locator(".login").waitFor();
    await shoot(page, "login");
    await page.goto(await world.keyUrl(world.marie));
    await page.reload();
    await page.locator(".row").first().waitFor();
    await world.marie.lose();
    await page.locator(".lost").waitFor();
    await shoot(page, "lost");
    await world.marie.again();
    await person.leave();
  }
}

/** What somebody sees who opens a link that wants a password. */
async function takeLocked(world) {
  const address = await world.paul.page("Plans de la maison.zip");
  for (const language of ["en", "fr"]) {
    const person = await meet(world.browser, address, { ...phone, language });
    person.expect(/ 401/);
    const page = await person.open(address);
    await page.locator("#password").waitFor();
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(out, `locked-phone-${scheme}-${language}.png`) });
    }
    await person.leave();
  }
}

/** What somebody sees who is asked to send files: some on their way, one too large. */
async function takeDrop(world) {
  for (const language of ["en", "fr"]) {
    const address = `${world.box}?lang=${language}`;
    const person = await meet(world.browser, address, { ...phone, language });
    person.expect(/ERR_/);
    const page = await person.open(address);
    const shoot = async (name) => {
      for (const scheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForTimeout(150);
        await page.screenshot({ path: join(out, `drop-${name}-phone-${scheme}-${language}.png`) });
      }
    };
    await page.locator("[data-live]").waitFor();
    await shoot("open");
    const files = [];
    for (const [name, bytes] of [["Discours de Lucie.odt", 61000], ["Première danse.mp4", 21e6], ["Sauvegarde.zip", 46e6]]) {
      files.push(join(world.marie.folder, name));
      await writeFile(files.at(-1), "");
      await truncate(files.at(-1), bytes);
    }
    await page.setInputFiles("#files", files);
    let pieces = 0;
    await page.route("**/files/*", (route) => {
      if (route.request().method() === "PATCH") pieces += 1;
      return pieces > 3 ? undefined : route.continue(); // and so it stays under way
    });
    await page.getByRole("button", { name: /^(Send|Envoyer)$/ }).click();
    await until(async () => (await page.locator("progress").nth(1).evaluate((bar) => bar.value)) > 0.7);
    await page.locator("#choose").evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 60));
    await shoot("sending");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await person.context.close();
  }
}

/** Sends a file to a drop box, or as much of it as is wanted. */
async function drop(box, name, bytes, words, most = bytes) {
  const metadata = Object.entries({ name, ...words }).map(([key, text]) => `${key} ${Buffer.from(text).toString("base64")}`);
  const answer = await fetch(`${box}/files`, { method: "POST", headers: { "tus-resumable": "1.0.0", "upload-length": String(bytes),
    "upload-metadata": metadata.join() } });
  await fetch(new URL(answer.headers.get("location"), box), { method: "PATCH", body: randomBytes(most),
    headers: { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" } });
}

/** A drop box that some have sent to. */
async function fillBox(page, world) {
  const made = await ask(page, "POST", "/boxes", { title: "Photos du mariage", note: "En pleine taille, s’il vous plaît. Merci à tous !",
    for: 0, file_bytes: 4e7, bytes: 1e9 });
  world.box = new URL(`d/${made.token}`, world.paul.root).href;
  await drop(world.box, "Chanson des témoins.ogg", 4100000, { sender: "Lucie" });
  const [first] = (await ask(page, "GET", `/boxes/${made.id}/uploads`)).uploads;
  await ask(page, "POST", `/boxes/${made.id}/uploads/${first.id}/accept`);
  const words = { sender: "Marie", note: "Les photos promises !" };
  for (const [at, name] of ["IMG_1612.jpg", "IMG_1614.jpg"].entries()) await drop(world.box, name, 4218332 + at * 51000, words);
  await drop(world.box, "Film de la cérémonie.mp4", 38e6, { sender: "Oncle Jean" }, 26e6);
}

/** Asks the API as the page does. */
const ask = (page, method, path, body) => page.evaluate(async ([how, where, what]) => {
  const headers = { "x-btshare": "1", ...(what ? { "content-type": "application/json" } : {}) };
  return (await fetch(`/api/v1${where}`, { method: how, headers, body: what && JSON.stringify(what) })).json();
}, [method, path, body]);

/** Somebody fetches by a torrent app until they have that part of it, then goes on slowly. */
async function fetchPart(page, world, share, magnet, part) {
  const recipient = await startRecipient(magnet, world.paul.port, part < 1 ? 6e6 : 0);
  if (part === 1) {
    await recipient.wait("finished");
    return recipient;
  }
  await until(async () => (recipient.progress() ?? 0) >= part);
  recipient.limit(90000);
  return recipient;
}

/** Lets things happen: links for two people, recipients on their way and at the end, a slow reader. */
async function live(page, world, running) {
  const { shares } = await ask(page, "GET", "/shares?view=full");
  const named = (name) => shares.find((share) => share.name === name);
  const concert = named("Concert de Noël.mp4");
  const magnets = [];
  for (const name of ["Marie", "Oncle Jean"]) {
    const { link } = await ask(page, "POST", `/shares/${concert.id}/links`, { name });
    magnets.push(/magnet:[^"]*/.exec(await (await fetch(link)).text())[0].replaceAll("&amp;", "&"));
  }
  for (const name of ["Projet.pdf", "Recettes de Mamie.epub"]) {
    running.push(await fetchPart(page, world, named(name), named(name).magnet, 1));
  }
  running.push(await fetchPart(page, world, concert, magnets[0], 0.62));
  running.push(await fetchPart(page, world, concert, magnets[1], 0.35));
  const ofMarie = async (name) => (await world.marie.wait("share-ready", name)).share;
  for (const source of [(await ofMarie("Chanson.ogg")).magnet, (await ofMarie("Film de l'été.mkv")).link,
    `magnet:?xt=urn:btih:${"1d0c".repeat(10)}&dn=Album%20de%201998`]) {
    await ask(page, "POST", "/downloads", { source });
  }
  const slow = spawn("curl", ["-s", "-o", "/dev/null", "--limit-rate", "300k", `${named("Répétition du 12 mai.flac").link}/download`]);
  running.push({ close: () => slow.kill() });
  await fillBox(page, world);
  await page.waitForTimeout(3000);
}

const plugins = 'plugin "expiry" {}\nplugin "password" { shares = { ["Plans de la maison.zip"] = "motus" } }';

async function main() {
  const world = makeWorld({ paul: fill, marie: fillMarie, plugins, config: 'limits { up = "300k" }\n' });
  await world.start();
  const running = [];
  const isWanted = (name) => !process.argv[3] || process.argv.slice(3).includes(name);
  try {
    for (const screen of screens.filter(([name]) => name === "first" && isWanted(name))) await take(world, ...screen);
    const person = await meet(world.browser, world.paul.console);
    const page = await person.open(await world.keyUrl());
    await page.locator(".row").first().waitFor();
    await live(page, world, running);
    await person.context.close();
    for (const screen of screens.filter(([name]) => name !== "first" && isWanted(name))) await take(world, ...screen);
    if (isWanted("locked")) await takeLocked(world);
    if (isWanted("drop")) await takeDrop(world);
    if (isWanted("outside")) await takeOutside(world);
  } finally {
    for (const one of running) await one.close();
    await world.close();
  }
}

await main();
