// Puts text on the clipboard, also where the browser has no clipboard for us (plain HTTP on a network).
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Dialog, openDialog } from "./dialog.js";
import { toast } from "./toast.js";

function copyOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  // Inside a dialog nothing outside can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.();
  return done;
}

/** @param {string} text @param {string} [said] what the toast says */
export async function copy(text, said = t("console.copied")) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyOldWay(text)) {
      openDialog(() => html`<${Dialog} title=${t("console.copy.yourself")} kind="small">
        <textarea class="wide" readonly rows="4" aria-label=${t("console.copy.yourself")} ref=${(field) => field?.select()}
          value=${text} /><//>`);
      return;
    }
  }
  toast(said);
}
