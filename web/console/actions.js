// What can be done with a share from anywhere: each says what it did, and offers the way back.
import { ask, shareUrl } from "./api.js";
import { shown } from "./foreign.js";
import { t } from "./i18n.js";
import { copy } from "./parts/copy.js";
import { confirm } from "./parts/dialog.js";
import { openMenu } from "./parts/menu.js";
import { openQr } from "./parts/qr.js";
import { attempt, toast } from "./parts/toast.js";
import { preferences, prefer } from "./preferences.js";
import { go } from "./router.js";
import { forget, put } from "./store.js";

export function copyLink(row) {
  if (!row.link) return undefined;
  if (preferences.peek().welcome) prefer({ welcome: false });
  return copy(row.link, t("console.copied.of", { name: shown(row.name) }));
}

/** @param {Share[]} rows */
export function copyLinks(rows) {
  const links = rows.map((row) => row.link).filter(Boolean);
  return copy(links.join("\n"), t("console.copied.links", { n: links.length }));
}

/** @type {Map<string, Promise<void>>} the last change of each share */
const changes = new Map();

// One after another: what was chosen last stands, and is shown, last, whichever connection is quicker.
function set(id, wanted) {
  const change = (changes.get(id) ?? Promise.resolve()).catch(() => {})
    .then(async () => put(await ask("PATCH", shareUrl(id), { body: wanted })));
  changes.set(id, change);
  return change;
}

/**
 * Changes a share at once, and offers to change it back.
 * @param {Share} row
 * @param {object} wanted what is to be @param {object} before what was
 * @param {string} said
 */
export function change(row, wanted, before, said) {
  return attempt(async () => {
    await set(row.id, wanted);
    const undo = before && (() => set(row.id, before));
    toast(said, { undo, about: `${row.id} ${Object.keys(wanted)}`, isSeries: !("paused" in wanted) });
  });
}

const pausedText = (row) => t("console.paused", { name: shown(row.name) });
const resumedText = (row) => t("console.resumed", { name: shown(row.name) });

export function pause(row) {
  const isPaused = row.state === "paused";
  return change(row, { paused: !isPaused }, { paused: isPaused }, isPaused ? resumedText(row) : pausedText(row));
}

/** @param {Share[]} rows */
export function pauseAll(rows) {
  return attempt(async () => {
    await Promise.all(rows.map((row) => set(row.id, { paused: true })));
    toast(t("console.paused.many", { n: rows.length }), { undo: () => resumeAll(rows) });
  });
}

const resumeAll = (rows) => Promise.all(rows.map((row) => set(row.id, { paused: false })));

/** Asks, then ends the shares; their files stay. @param {Share[]} rows @param {() => void} [done] */
export function stop(rows, done) {
  const [first] = rows;
  confirm({
    title: rows.length === 1 ? t("console.stop.title", { name: shown(first.name) })
      : t("console.stop.many", { n: rows.length }),
    text: t("console.stop.what"),
    yes: t("console.stop"),
    act: () => attempt(async () => {
      await Promise.all(rows.map(async (row) => {
        await ask("DELETE", shareUrl(row.id));
        forget(row.id);
      }));
      toast(t("console.stopped", { n: rows.length }));
      done?.();
    }),
  });
}

/** @param {HTMLElement} button @param {Share} row @param {(row: Share) => void} [select] */
export function openShareMenu(button, row, select) {
  const isEnded = row.state === "expired";
  openMenu(button, [
    { text: t("console.open.detail"), icon: "info", act: () => go(shareUrl(row.id)) },
    row.link && { text: t("console.qr"), icon: "qr", act: () => openQr(row) },
    row.link && { text: t("console.open.page"), icon: "open", href: row.link, target: "_blank" },
    !isEnded && { text: t(row.state === "paused" ? "console.resume" : "console.pause"),
      icon: row.state === "paused" ? "play" : "pause", act: () => pause(row) },
    select && { text: t("console.select"), icon: "check", act: () => select(row) },
    { text: t("console.stop"), icon: "stop", tone: "bad", act: () => stop([row]) },
  ]);
}
