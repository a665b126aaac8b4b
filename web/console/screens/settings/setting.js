// One setting: what it is called and does, and the control that its type wants.
import { shown } from "../../foreign.js";
import { rate, t } from "../../i18n.js";
import { html } from "../../html.js";
import { useSaved } from "../../parts/saved.js";
import { choiceOf, chosenOf, labelOf, whatOf } from "./words.js";

const textOf = (value) => {
  if (value === null || value === undefined || value === "" || value.length === 0) return t("console.settings.none");
  if (value === true || value === false) return t(value ? "console.yes" : "console.no");
  return Array.isArray(value) ? value.map(shown).join(", ") : shown(typeof value === "object" ? JSON.stringify(value) : value);
};

const scales = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** @param {string} text "2M", as config.lua takes it @returns {number|null} */
function bytesOf(text) {
  const [, count, scale] = /^\s*([\d.,]+)\s*([kmg]?)/i.exec(text) ?? [];
  return count ? Math.round(Number(count.replace(",", ".")) * scales[scale.toLowerCase()]) : null;
}

/** @param {number} bytes @returns {string} "2M" */
function shortOf(bytes) {
  const scale = ["g", "m", "k"].find((one) => bytes > 0 && bytes % scales[one] === 0) ?? "";
  return `${bytes / scales[scale]}${scale && (scale === "k" ? scale : scale.toUpperCase())}`;
}

const written = {
  list: (value) => (Array.isArray(value) ? value : []).join("\n"),
  size: (value) => shortOf(value ?? 0),
};

// What is typed is saved when it is done; what else moves on the page meanwhile leaves it alone.
function Typed({ setting, id, set }) {
  const { type, value } = setting;
  const text = (written[type] ?? String)(value ?? "");
  const field = useSaved(text);
  const save = (next) => next !== value && set(setting, next);
  const onText = (event) => save(event.currentTarget.value.trim() || null);
  const onNumber = (event) => save(event.currentTarget.value === "" ? null : Number(event.currentTarget.value));
  const onList = (event) => set(setting, event.currentTarget.value.split("\n").map((line) => line.trim()).filter(Boolean));
  const onSize = (event) => event.currentTarget.reportValidity() && save(bytesOf(event.currentTarget.value));
  if (type === "list") {
    return html`<textarea id=${id} ref=${field} rows=${text ? Math.min(6, text.split("\n").length + 1) : 1} spellcheck=${false} onChange=${onList} />`;
  }
  if (type === "size") {
    return html`<input id=${id} ref=${field} type="text" pattern="\\s*\\d+([.,]\\d+)?\\s*[kKmMgG]?\\s*" spellcheck=${false} onChange=${onSize} />`;
  }
  return type === "integer"
    ? html`<input id=${id} ref=${field} type="number" min="0" step="1" inputmode="numeric" onChange=${onNumber} />`
    : html`<input id=${id} ref=${field} type="text" spellcheck=${false} onChange=${onText} />`;
}

function Control({ setting, id, set }) {
  const { type, value, choices } = setting;
  const save = (next) => next !== value && set(setting, next);
  if (type === "boolean") {
    return html`<label class="switch"><input id=${id} type="checkbox" checked=${value} onChange=${(event) => save(event.currentTarget.checked)} />
      ${t(value ? "console.yes" : "console.no")}</label>`;
  }
  if (choices) {
    return html`<select id=${id} value=${String(value)} onChange=${(event) => save(choices.find((choice) => String(choice) === event.currentTarget.value))}>
      ${choices.map((choice) => html`<option value=${String(choice)}>${choiceOf(setting, choice) ?? textOf(choice)}</option>`)}</select>`;
  }
  return html`<${Typed} setting=${setting} id=${id} set=${set} />`;
}

/** @param {{setting: Setting, set: (setting: Setting, value: unknown) => void}} props */
export function Setting({ setting, set }) {
  const id = `setting-${setting.key.replace(/\W/g, "-")}`;
  const isFixed = setting.source === "config" || setting.editable === false;
  const what = whatOf(setting);
  const chosen = chosenOf(setting);
  return html`<div class="setting">
    <div>${isFixed ? html`<span class="setting-label">${labelOf(setting)}</span>` : html`<label for=${id}>${labelOf(setting)}</label>`}
      ${what && html`<p>${what}</p>`}${chosen && !isFixed && html`<p>${chosen}</p>`}
      <span class="setting-key">${setting.key}${setting.unit === "bytes/s" && Number(setting.value) > 0 && ` · ${rate(Number(setting.value))}`}${
        setting.restart && ` · ${t("console.settings.restart")}`}</span></div>
    ${isFixed
      ? html`<div><strong>${chosen || (choiceOf(setting, setting.value) ?? textOf(setting.value))}</strong><p>${setting.line ? t("console.settings.line", { line: String(setting.line) })
          : t(setting.source === "config" ? "console.settings.command" : "console.settings.fixed")}</p></div>`
      : html`<${Control} setting=${setting} id=${id} set=${set} />`}
  </div>`;
}
