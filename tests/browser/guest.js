// Somebody who sends files through a drop box, and its owner, who asks the API without a page.
import assert from "node:assert/strict";
import { assertSoundInBoth } from "./support.js";
import { patience } from "./until.js";

/**
 * Logs in with the key that the program printed, which does so once.
 * @param {import("playwright-core").Browser} browser
 * @param {{console: string, keyUrl: string}} daemon
 */
export async function ownerOf(browser, daemon) {
  const context = await browser.newContext({ baseURL: daemon.console });
  const headers = { "x-btshare": "1", origin: daemon.console };
  async function ask(method, path, data) {
    const answer = await context.request.fetch(`/api/v1${path}`, { method, headers, data });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  }
  await ask("POST", "/session", { key: new URL(daemon.keyUrl).hash.slice("#k=".length) });
  return {
    ask,
    /** @returns {Promise<object>} the box, with the address of its page as `page` */
    async makeBox(values) {
      const box = await ask("POST", "/boxes", values);
      return { ...box, page: `${daemon.root}d/${box.token}` };
    },
    uploads: async (box) => (await ask("GET", `/boxes/${box.id}/uploads`)).uploads,
    close: () => context.close(),
  };
}

/**
 * Opens the page of a box in a fresh profile, and fails if it complains or loads from elsewhere.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {{width?: number, height?: number, scheme?: "light"|"dark", language?: string, script?: boolean, isScriptLost?: boolean,
 *   expects?: RegExp}} how script: whether there is JavaScript; isScriptLost: there is, but the page's own does not arrive
 * @param {(page: import("playwright-core").Page, guest: object) => Promise<void>} play
 */
export async function asGuest(browser, address, how, play) {
  const context = await browser.newContext({
    viewport: { width: how.width ?? 1280, height: how.height ?? 800 }, colorScheme: how.scheme ?? "light", locale: how.language ?? "en",
    reducedMotion: "reduce", javaScriptEnabled: how.script ?? true,
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints = [];
  const complain = (text) => how.expects?.test(text) || complaints.push(text);
  page.on("console", (message) => complain(message.text()));
  page.on("pageerror", (error) => complain(String(error.stack ?? error)));
  page.on("dialog", (dialog) => (dialog.type() === "beforeunload" ? dialog.accept() : complain(dialog.message())));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(address).origin) complain(`asked ${request.url()}`);
  });
  let isCut = false;
  let piecesLeft = Infinity;
  const guest = {
    /** How much was on the server before each piece that was sent. @type {number[]} */
    pieces: [],
    /** Lets so many pieces through, and after them nothing that is sent or asked, until it mends. */
    cutAfter(count) {
      piecesLeft = count;
    },
    mend() {
      isCut = false;
      piecesLeft = Infinity;
    },
    row: (name) => page.locator("#list li", { has: page.locator(".name", { hasText: name }) }),
    says: (name, text) => guest.row(name).locator("p", { hasText: text }).waitFor(),
    /** Chooses files by their paths, or by names and bytes. */
    choose: (files) => page.setInputFiles("#files", files),
    send: () => page.getByRole("button", { name: "Send", exact: true }).click(),
    sound: () => assertSoundInBoth(page, how.scheme),
  };
  if (how.isScriptLost) await page.route("**/drop.js", (route) => route.abort("failed"));
  await page.route("**/files{,/*}", (route) => {
    const isPiece = route.request().method() === "PATCH";
    isCut ||= isPiece && piecesLeft === 0;
    if (isCut) return route.abort("internetdisconnected");
    if (isPiece) {
      piecesLeft -= 1;
      guest.pieces.push(Number(route.request().headers()["upload-offset"]));
    }
    return route.continue();
  });
  try {
    await page.goto(address);
    await play(page, guest);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}
