// Lines of a log, each with when it was written and how much it weighs.
import { shown } from "../../foreign.js";
import { moment, t } from "../../i18n.js";
import { html } from "../../html.js";

const levels = { error: "console.level.error", warning: "console.level.warning", info: "console.level.info", debug: "console.level.debug" };
const tones = { error: "bad", warning: "warn", info: "busy", debug: "idle" };

// A traceback has lines of its own.
const textOf = (text) => text.split("\n").map(shown).join("\n");

/** @param {{label: string, lines?: LogLine[]}} props */
export function Log({ label, lines }) {
  if (!lines?.length) return html`<p class="muted">${t("console.panel.none")}</p>`;
  return html`<div class="scrolls log" tabindex="0" role="region" aria-label=${label}><ol>${lines.map((line) => html`<li>
    <time datetime=${new Date(line.time * 1000).toISOString()}>${moment(line.time)}</time>
    <span class="state" data-tone=${tones[line.level] ?? "idle"}>${levels[line.level] ? t(levels[line.level]) : shown(line.level)}</span>
    <span>${textOf(line.text)}</span></li>`)}</ol></div>`;
}
