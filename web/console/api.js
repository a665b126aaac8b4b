// Talks to the daemon: JSON in and out, problem documents as errors, a version with each change.
import { signal } from "@preact/signals";
import { language } from "./i18n.js";

/** What GET /api/v1/session says; null before the first answer. @type {import("@preact/signals").Signal<Session|null>} */
export const session = signal(null);

export class Problem extends Error {
  /**
   * @param {number} status 0 where nobody answered
   * @param {{code?: string, title?: string, detail?: string, current?: object, member?: string, line?: number, wait?: number}} document
   */
  constructor(status, document = {}) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.status = status;
    this.document = document;
  }
}

async function problemOf(answer) {
  const type = answer.headers.get("content-type") ?? "";
  const document = /json/.test(type) ? await answer.json().catch(() => ({})) : {};
  const wait = Number(answer.headers.get("retry-after"));
  return new Problem(answer.status, wait ? { ...document, wait } : document);
}

const onceKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {{body?: unknown, revision?: number, once?: boolean, signal?: AbortSignal, accept?: string}} [how]
 *   revision: refuse where somebody was faster; once: do it once, however often it is sent
 * @returns {Promise<any>} the answer's JSON, its text where it is none, or undefined
 */
export async function ask(method, path, how = {}) {
  const headers = { accept: how.accept ?? "application/json", "accept-language": language.peek() };
  const init = { method, headers, signal: how.signal };
  if (method !== "GET") headers["x-btshare"] = "1";
  if (how.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(how.body);
  }
  if (how.revision !== undefined) headers["if-match"] = `"r${how.revision}"`;
  if (how.once) headers["idempotency-key"] = onceKey();
  const answer = await send(`/api/v1${path}`, init, method === "GET" || how.once ? 2 : 0);
  if (answer.status === 401 && session.peek()?.authenticated) session.value = { ...session.peek(), authenticated: false };
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204) return undefined;
  return /json/.test(answer.headers.get("content-type") ?? "") ? answer.json() : answer.text();
}

// What may be sent twice is sent again, after a moment, when nobody answered.
async function send(path, init, again) {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (again === 0) throw new Problem(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return send(path, init, again - 1);
  }
}

/** @param {Record<string, string|number|boolean|undefined>} values @returns {string} "?a=1&b=2", or "" */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => [name, String(value)]);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

export async function loadSession() {
  session.value = await ask("GET", "/session");
}

/** @param {string} id */
export const shareUrl = (id) => `/shares/${encodeURIComponent(id)}`;
