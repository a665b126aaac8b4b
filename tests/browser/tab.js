// Tabs that tests use one after another, each time as good as new: a new profile, and the process that comes with it,
// costs more than most of what is done in one.
import { patience } from "./until.js";

/** Those that nobody uses, by their profile. @type {WeakMap<import("playwright-core").Browser, Map<string, import("playwright-core").Page[]>>} */
const idleTabs = new WeakMap();

function idleOf(browser, profile) {
  if (!idleTabs.has(browser)) idleTabs.set(browser, new Map());
  const profiles = idleTabs.get(browser);
  const name = JSON.stringify(profile);
  if (!profiles.has(name)) profiles.set(name, []);
  return profiles.get(name);
}

async function makeTab(browser, profile) {
  const context = await browser.newContext(profile);
  context.setDefaultTimeout(patience);
  // The program closes a connection that was idle for long, maybe just as it is used again: a browser asks once more then.
  const get = context.request.get.bind(context.request);
  context.request.get = (where, options) => get(where, { maxRetries: 3, ...options });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return context.newPage();
}

/**
 * Whether a message is of the icon of the page that stands between two visits: that it is not there, or that nobody answers
 * any more, may be heard of only in the next one.
 * @param {import("playwright-core").ConsoleMessage} message
 */
export const isOfTab = (message) => message.location().url.endsWith("/favicon.ico");

/** Takes away what a visit has left. Fails where nobody answers at its place any more. */
async function clean(page, origin) {
  const context = page.context();
  for (const event of ["console", "pageerror", "dialog", "request", "requestfailed", "response"]) {
    page.removeAllListeners(event);
    context.removeAllListeners(event);
  }
  await page.unrouteAll();
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.goto(`${origin}/robots.txt`); // which is not there: with about:blank the policy on openers would end the process
  const protocol = await context.newCDPSession(page);
  await protocol.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await protocol.detach();
  await page.evaluate(() => { // at once: the process that shows the page keeps a copy of its own
    localStorage.clear();
    sessionStorage.clear();
  });
  await context.clearCookies();
  await context.clearPermissions();
}

/**
 * Lends a tab without cookies, stored data and permissions, where whatever violates a page's policy is told on its console
 * as "policy: …". What is given to its context for good, such as a script for every page, stays in it.
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").BrowserContextOptions} profile what a context has from its start
 * @param {{width?: number, height?: number, scheme?: "light"|"dark"}} screen
 * @param {string} origin whose data are forgotten afterwards
 * @returns `page`, and `giveBack` for the end, which throws it away where the visit has failed or nobody answers any more
 */
export async function takeTab(browser, profile, screen, origin) {
  const idle = idleOf(browser, profile);
  const page = idle.pop() ?? (await makeTab(browser, profile));
  await page.setViewportSize({ width: screen.width ?? 1280, height: screen.height ?? 800 });
  await page.emulateMedia({ media: null, colorScheme: screen.scheme ?? "light", reducedMotion: "reduce", forcedColors: null });
  return {
    page,
    async giveBack(hasFailed) {
      const isClean = !hasFailed && !page.isClosed() && (await clean(page, origin).then(() => true, () => false));
      if (isClean) idle.push(page);
      else await page.context().close();
    },
  };
}
