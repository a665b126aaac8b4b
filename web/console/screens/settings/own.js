// What this browser alone remembers: colours, language, density, keys; and whether it opens magnets here.
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { preferences, prefer } from "../../preferences.js";
import { attempt, toast } from "../../parts/toast.js";

function Choice({ name, label, choices }) {
  const id = `own-${name}`;
  return html`<div class="setting"><label for=${id}>${label}</label>
    <select id=${id} value=${preferences.value[name]} onChange=${(event) => prefer({ [name]: event.currentTarget.value })}>
      ${choices.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select></div>`;
}

const takeMagnets = () => attempt(() => {
  navigator.registerProtocolHandler("magnet", `${location.origin}/receive#add=%s`);
  toast(t("console.own.magnets.asked"));
});

export function Own() {
  const canTakeMagnets = isSecureContext && navigator.registerProtocolHandler;
  return html`<section class="group" aria-labelledby="own-title"><h2 id="own-title">${t("console.own")}</h2><div>
    <${Choice} name="scheme" label=${t("console.own.scheme")} choices=${[["system", t("console.scheme.system")],
      ["light", t("console.scheme.light")], ["dark", t("console.scheme.dark")]]} />
    <${Choice} name="language" label=${t("console.own.language")} choices=${[["system", t("console.own.language.system")],
      ["en", "English"], ["fr", "Français"]]} />
    <${Choice} name="density" label=${t("console.own.density")} choices=${[["comfortable", t("console.density.comfortable")],
      ["compact", t("console.density.compact")]]} />
    <div class="setting"><label for="own-keys">${t("console.keys.on")}</label>
      <input id="own-keys" type="checkbox" checked=${preferences.value.keys} onChange=${(event) => prefer({ keys: event.currentTarget.checked })} /></div>
    ${canTakeMagnets && html`<div class="setting"><span class="setting-label">${t("console.own.magnets")}</span>
      <button onClick=${takeMagnets}>${t("console.own.magnets.take")}</button></div>`}
  </div></section>`;
}
