// Somebody in front of the console: a browser profile as good as new, whose every complaint is kept.
import assert from "node:assert/strict";
import { join } from "node:path";
import { assertSoundInBoth } from "./support.js";
import { isOfTab, takeTab } from "./tab.js";

/** Tells `complain` whatever a page finds wrong. */
function listen(page, origin, complain) {
  page.on("console", (message) => {
    if (["warning", "error", "assert"].includes(message.type()) && !isOfTab(message)) complain(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complain(String(error.stack ?? error)));
  page.on("dialog", (dialog) => {
    complain(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) complain(`asked ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // Given up by the page itself: what it no longer shows, and the stream of a tab that is closed.
    if (why !== "net::ERR_ABORTED") complain(`${request.url()}: ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.request().method()} ${response.url()}: ${response.status()}`);
  });
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} address of the console
 * @param {{width?: number, height?: number, language?: string, touch?: boolean}} [how]
 */
export async function meet(browser, address, how = {}) {
  const { origin } = new URL(address);
  const profile = { locale: how.language ?? "en", timezoneId: "Europe/Paris", hasTouch: how.touch ?? false };
  const { page: first, giveBack } = await takeTab(browser, profile, how, origin);
  const context = first.context();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const complaints = [];
  // A share may end while the page asks who fetches it; both the answer and the browser's own line on it name the address.
  const expected = [/\/api\/v1\/shares\/[0-9a-f]{16}\/recipients: 404$/,
    /status of 404 .*\/api\/v1\/shares\/[0-9a-f]{16}\/recipients$/];
  const complain = (text) => expected.some((form) => form.test(text)) || complaints.push(text);
  let hasOpened = false;

  /** Opens a tab. @param {string} [where] path or address */
  async function open(where = "/") {
    const page = hasOpened ? await context.newPage() : first;
    hasOpened = true;
    listen(page, origin, complain);
    await page.goto(new URL(where, address).href);
    return page;
  }

  return {
    context,
    open,
    /** From now on complaints of that form are none. @param {RegExp} form */
    expect: (form) => expected.push(form),
    /** Fails if axe-core finds something on the page as it is, in either scheme, or if it is too wide. */
    look: (page) => assertSoundInBoth(page),
    /** What is on the clipboard. */
    pasted: (page) => page.evaluate(() => navigator.clipboard.readText()),
    async leave(hasFailed = false) {
      await giveBack(hasFailed);
      assert.deepEqual(complaints, []);
    },
  };
}

/**
 * Plays a story to its end, whatever it meets on the way; then all complaints are told.
 * @param {(person: Awaited<ReturnType<typeof meet>>) => Promise<void>} story
 */
export async function play(browser, address, how, story) {
  const person = await meet(browser, address, how);
  try {
    await story(person);
  } catch (error) {
    if (process.env.SCREENSHOTS) {
      for (const [at, page] of person.context.pages().entries()) {
        await page.screenshot({ path: join(process.env.SCREENSHOTS, `failed-${Date.now()}-${at}.png`) });
      }
    }
    await person.leave(true).catch((complaints) => (error.message += `\n${complaints.message}`));
    throw error;
  }
  await person.leave();
}
