// The sentences about a share that more than one screen says.
import { shown } from "./foreign.js";
import { status } from "./store.js";
import { day, duration, moment, percent, rate, size, t } from "./i18n.js";

const isMoving = (row) => row.recipients > 0 && (row.state === "ready" || row.state === "preparing");

/** @returns {"ok"|"busy"|"warn"|"bad"|"idle"} how a state is coloured; the word always stands beside it */
export function toneOf(row) {
  if (row.state === "failed" || row.state === "missing") return "bad";
  if (row.state === "changed" || row.state === "settling") return "warn";
  if (row.state === "preparing" || isMoving(row)) return "busy";
  return row.state === "ready" ? "ok" : "idle";
}

const stateTexts = {
  settling: "console.state.settling", ready: "console.state.ready", changed: "console.state.changed",
  missing: "console.state.missing", paused: "console.state.paused", expired: "console.state.expired",
  failed: "console.state.failed",
};

/** @returns {string} "Sending to 3 people", "Preparing 43%" */
export function stateOf(row) {
  if (isMoving(row)) return t("console.state.sending", { n: row.recipients });
  if (row.state === "preparing") {
    return row.progress === undefined ? t("console.state.waiting")
      : t("console.state.preparing", { percent: percent(row.progress) });
  }
  return t(stateTexts[row.state] ?? "console.state.failed");
}

/** @returns {string} "1.9 GB · 142 files" */
export const extentOf = (row) =>
  row.kind === "folder" ? `${size(row.size ?? 0)} · ${t("console.files", { n: row.files ?? 0 })}` : size(row.size ?? 0);

/** @returns {string} "↑ 1.2 MB/s", or nothing where nothing moves */
export const flowOf = (row) => (row.up_rate > 0 ? `↑ ${rate(row.up_rate)}` : "");

/** @returns {string} what happened so far, "4 people have it all." */
export function storyOf(row) {
  const parts = [];
  if (row.complete > 0) parts.push(t("console.story.complete", { n: row.complete }));
  else if (row.downloads > 0) parts.push(t("console.story.downloads", { n: row.downloads }));
  if (parts.length === 0 && !row.recipients) parts.push(t("console.story.nobody"));
  return parts.join(" ");
}

/** @param {string} path @returns {string} "~/Public" for what is in the owner's home */
export function placeOf(path) {
  const { home = "" } = status.value.directories ?? {};
  return shown(home.length > 1 && `${path}/`.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
}

const audiences = {
  link: "console.audience.link", private: "console.audience.private", public: "console.audience.public",
  http: "console.audience.http",
};
const exposures = {
  link: "console.exposure.link", private: "console.exposure.private", public: "console.exposure.public",
  http: "console.exposure.http",
};

/** @param {number} time seconds since 1970 @returns {string} when it ends: by the minute where that is soon */
export const endOf = (time) => (time - Date.now() / 1000 < 172800 ? moment(time) : day(time));

/** @returns {string} its limits in one sentence each: "Anyone with the link. Never expires." */
export function limitsOf(share) {
  const parts = [t(audiences[share.exposure] ?? audiences.link)];
  parts.push(share.expires ? t("console.limits.until", { moment: endOf(share.expires) }) : t("console.limits.never"));
  const up = share.limits?.up ?? share.up_limit;
  if (up) parts.push(t("console.limits.up", { rate: rate(up) }));
  return parts.join(" ");
}

/** What each way of sharing is called. */
export const exposureNames = {
  link: "console.exposure.name.link", private: "console.exposure.name.private", public: "console.exposure.name.public",
  http: "console.exposure.name.http",
};

/** What the way of sharing means for who can see what, in the owner's words. */
export const exposureOf = (share) => t(exposures[share.exposure] ?? exposures.link);

/** @returns {string} "3 min left" */
export const left = (seconds) => t("console.left", { time: duration(seconds) });

