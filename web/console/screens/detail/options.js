// The fold of limits, with how long, for whom and how fast: each is saved at once, and can be taken back.
import { change } from "../../actions.js";
import { rate, t } from "../../i18n.js";
import { html } from "../../html.js";
import { endOf, exposureNames, exposureOf } from "../../words.js";
import { useSaved } from "../../parts/saved.js";
import { Limits } from "./limits.js";
import { TorrentOptions } from "./torrent_options.js";

/** @type {[number, string][]} */
const spans = [[3600, "console.time.hour"], [86400, "console.time.day"], [604800, "console.time.week"]];
const speeds = [100000, 500000, 1000000, 2000000, 5000000, 10000000];

const save = (share, wanted, before) => change(share, wanted, before, t("console.saved"));

/** @param {string} text "2027-05-12" @returns {number} the end of that day, here */
const lastSecondOf = (text) => Math.floor(new Date(`${text}T23:59:59`).getTime() / 1000);

const isoDay = (time) => {
  const date = new Date(time * 1000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
};

function Expiry({ share }) {
  const before = { expires: share.expires ?? null };
  const choose = (event) => {
    const { value } = event.currentTarget;
    if (value === "as-is") return;
    save(share, { expires: value === "" ? null : Math.floor(Date.now() / 1000) + Number(value) }, before);
  };
  const day = useSaved(share.expires ? isoDay(share.expires) : "");
  // A year that is being typed is one of long ago after each digit but the last.
  const onDay = ({ currentTarget: { value, validity } }) => value && validity.valid && save(share, { expires: lastSecondOf(value) }, before);
  return html`<div class="field"><span id="expiry-label">${t("console.option.expires")}</span>
    <select aria-labelledby="expiry-label" onChange=${choose} value=${share.expires ? "as-is" : ""}>
      <option value="">${t("console.option.never")}</option>
      ${share.expires && html`<option value="as-is">${t("console.option.until", { moment: endOf(share.expires) })}</option>`}
      ${spans.map(([seconds, text]) => html`<option value=${seconds}>${t(text)}</option>`)}</select>
    <input ref=${day} type="date" aria-label=${t("console.option.day")} min=${isoDay(Date.now() / 1000)} onChange=${onDay} /></div>`;
}

function Exposure({ share }) {
  const choose = (event) => save(share, { exposure: event.currentTarget.value }, { exposure: share.exposure });
  return html`<label class="field"><span>${t("console.option.exposure")}</span>
    <select value=${share.exposure} onChange=${choose} aria-describedby="exposure-what">
      ${Object.entries(exposureNames).map(([value, text]) => html`<option value=${value}>${t(text)}</option>`)}</select>
    <span id="exposure-what" class="exposure muted">${exposureOf(share)}</span></label>`;
}

function Speed({ share }) {
  const own = share.limits?.up ?? share.up_limit ?? 0;
  const choices = own && !speeds.includes(own) ? [...speeds, own].sort((a, b) => a - b) : speeds;
  const choose = (event) => save(share, { up_limit: Number(event.currentTarget.value) || null }, { up_limit: own || null });
  return html`<label class="field"><span>${t("console.option.speed")}</span>
    <select value=${own || ""} onChange=${choose}><option value="">${t("console.unlimited")}</option>
      ${choices.map((value) => html`<option value=${value}>${rate(value)}</option>`)}</select></label>`;
}

/** @param {{share: Share}} props */
export function Options({ share }) {
  return html`<details id="options"><summary>${t("console.options")}</summary>
    <div class="options"><${Expiry} share=${share} /><${Exposure} share=${share} /><${Speed} share=${share} /><${Limits} share=${share} />
      <${TorrentOptions} share=${share} /></div></details>`;
}
