// A link for one person: named after them, ended by itself if wanted.
import { useRef, useState } from "preact/hooks";
import { ask, shareUrl } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { closeDialog, Dialog, openDialog } from "../../parts/dialog.js";

function ForPerson({ share, done }) {
  const form = { name: useRef(null), time: useRef(null), limit: useRef(null) };
  const [trouble, setTrouble] = useState("");
  const make = async () => {
    const seconds = Number(form.time.current.value);
    const limit = Number(form.limit.current.value);
    try {
      const link = await ask("POST", `${shareUrl(share.id)}/links`, { once: true, body: { name: form.name.current.value.trim(),
        ...(seconds ? { for_seconds: seconds } : {}), ...(limit ? { limit } : {}) } });
      closeDialog();
      copy(link.link, t("console.copied.of", { name: shown(link.name) }));
      done();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<${Dialog} title=${t("console.link.for")} onSubmit=${make} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary">${t("console.link.for.make")}</button>`}>
    <label class="field"><span>${t("console.link.for.name")}</span><input ref=${form.name} type="text" required maxlength="100" data-focus
      autocomplete="off" /></label>
    <label class="field"><span>${t("console.add.time")}</span><select ref=${form.time}>
      <option value="">${t("console.time.never")}</option><option value="3600">${t("console.time.hour")}</option>
      <option value="86400">${t("console.time.day")}</option><option value="604800">${t("console.time.week")}</option></select></label>
    <label class="field"><span>${t("console.link.for.limit")}</span><input ref=${form.limit} type="number" min="1" max="1000000"
      inputmode="numeric" placeholder=${t("console.unlimited")} /></label>
    <p class="trouble" role="alert">${trouble}</p><//>`;
}

export const openForPerson = (share, done) => openDialog(() => html`<${ForPerson} share=${share} done=${done} />`);
