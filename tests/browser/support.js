// What browser tests share: a browser, and what every page must be.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { patience } from "./until.js";

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
 * Visits an address in a fresh profile, and fails if the page complains, asks, or loads from elsewhere.
 * @param {{width?: number, height?: number, scheme?: "light"|"dark", language?: string}} how
 * @param {(page: import("playwright-core").Page) => Promise<void>} look
 */
export async function visit(browser, address, how, look) {
  const context = await browser.newContext({
    viewport: { width: how.width ?? 1280, height: how.height ?? 800 },
    colorScheme: how.scheme ?? "light",
    locale: how.language ?? "en",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints = [];
  const pagesAsked = new Set();
  page.on("console", (message) => {
    const isOwnAnswer = message.text().startsWith("Failed to load resource") && pagesAsked.has(message.location().url);
    if (!isOwnAnswer && !how.expects?.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.isNavigationRequest()) pagesAsked.add(request.url());
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(address).origin) complaints.push(`asked ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  try {
    await page.goto(address);
    await look(page);
    complaints.push(...(await page.evaluate(() => globalThis.violations)));
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails if axe-core finds anything, or if the page is wider than the window. @param {string[]} [rules] only these */
export async function assertSound(page, rules = standards) {
  // Through the debugger: the page's own policy lets no script in.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (runOnly) => {
    const result = await globalThis.axe.run(document, { runOnly });
    return result.violations.map((item) => `${item.id}: ${item.nodes.map((node) => node.html).join(" | ")}`);
  }, rules);
  assert.deepEqual(found, []);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, "the page scrolls sideways");
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
