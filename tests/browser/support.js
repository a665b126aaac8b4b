// What browser tests share: a browser, and what every page must be.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { isOfTab, takeTab } from "./tab.js";

const modules = createRequire(join(process.env.BROWSER_MODULES, "package.json"));
const { chromium } = modules("playwright-core");
const axeSource = await readFile(modules.resolve("axe-core/axe.min.js"), "utf8");

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/**
 * Visits an address in a profile as good as new, and fails if the page complains, asks, or loads from elsewhere.
 * @param {{width?: number, height?: number, scheme?: "light"|"dark", language?: string, expects?: RegExp}} how
 * @param {(page: import("playwright-core").Page) => Promise<void>} look
 */
export async function visit(browser, address, how, look) {
  const { origin: home } = new URL(address);
  const { page, giveBack } = await takeTab(browser, { locale: how.language ?? "en" }, how, home);
  const complaints = [];
  const pagesAsked = new Set();
  page.on("console", (message) => {
    if (isOfTab(message)) return;
    const text = message.text();
    const isOwnAnswer = text.startsWith("Failed to load resource") && pagesAsked.has(message.location().url);
    if (text.startsWith("policy: ") || !(isOwnAnswer || how.expects?.test(text))) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.isNavigationRequest()) pagesAsked.add(request.url());
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== home) complaints.push(`asked ${request.url()}`);
  });
  let hasFailed = true;
  try {
    await page.goto(address);
    await look(page);
    assert.deepEqual(complaints, []);
    hasFailed = false;
  } finally {
    await giveBack(hasFailed);
  }
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** All that another scheme can change, since the sheets change nothing but colours for it. */
const ofColours = ["color-contrast", "link-in-text-block"];

async function assertRules(page, rules) {
  // Through the debugger: the page's own policy lets no script in.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const [found, overflow] = await page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"], selectors: false });
    const { scrollWidth, clientWidth } = document.documentElement;
    return [violations.map((item) => `${item.id}: ${item.nodes.map((node) => node.html).join(" | ")}`), scrollWidth - clientWidth];
  }, rules);
  assert.deepEqual(found, []);
  assert.equal(overflow, 0, "the page scrolls sideways");
}

/** Fails if axe-core finds anything, or if the page is wider than the window. */
export const assertSound = (page) => assertRules(page, standards);

/**
 * The same in both schemes, the page's own first.
 * @param {(scheme: "light"|"dark") => Promise<void>} [seen] what else to do in each
 */
export async function assertSoundInBoth(page, own = "light", seen = () => {}) {
  await assertSound(page);
  await seen(own);
  const other = own === "dark" ? "light" : "dark";
  await page.emulateMedia({ colorScheme: other });
  await assertRules(page, ofColours);
  await seen(other);
  await page.emulateMedia({ colorScheme: own });
}

/**
 * Fails if what was downloaded is not, byte for byte, the file, or the folder as a ZIP, that is shared.
 * @param {string} downloaded path
 * @param {string} shared path
 */
export async function assertSame(downloaded, shared) {
  const run = promisify(execFile);
  if ((await stat(shared)).isFile()) {
    await run("cmp", [downloaded, shared]);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "btshare-unzipped-"));
  try {
    await run("unzip", ["-q", downloaded, "-d", folder]);
    await run("diff", ["-r", join(folder, basename(shared)), shared]);
    assert.deepEqual(await readdir(folder), [basename(shared)]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
