// Whether lists name a share, and what its torrent is like: each is saved at once, and can be taken back.
import { change } from "../../actions.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { useSaved } from "../../parts/saved.js";

const webSeeds = { on: "console.option.web_seed.on", auto: "console.option.web_seed.auto", off: "console.option.web_seed.off" };
const formats = { v1: "console.option.format.v1", hybrid: "console.option.format.hybrid", v2: "console.option.format.v2" };

// What was not chosen for it is as config.lua says: Undo leads back there.
const save = (share, name, value) => change(share, { [name]: value }, { [name]: share.chosen?.[name] ?? null }, t("console.saved"));

function Listed({ share }) {
  return html`<div class="field"><label class="switch"><input type="checkbox" checked=${share.effective.listed} aria-describedby="listed-what"
      onChange=${(event) => save(share, "listed", event.currentTarget.checked)} />${t("console.option.listed")}</label>
    <span id="listed-what" class="exposure">${t("console.option.listed.what")}</span></div>`;
}

function Choice({ share, name, label, choices, what }) {
  return html`<label class="field"><span>${label}</span>
    <select value=${share.effective[name]} onChange=${(event) => save(share, name, event.currentTarget.value)} aria-describedby=${`${name}-what`}>
      ${Object.entries(choices).map(([value, text]) => html`<option value=${value}>${t(text)}</option>`)}</select>
    <span id=${`${name}-what`} class="exposure">${what}</span></label>`;
}

function Trackers({ share }) {
  const chosen = share.chosen?.trackers ?? [];
  const field = useSaved(chosen.join("\n"));
  const onChange = (event) => {
    const wanted = event.currentTarget.value.split(/\s+/).filter(Boolean);
    change(share, { trackers: wanted }, { trackers: chosen }, t("console.saved"));
  };
  return html`<label class="field"><span>${t("console.option.trackers")}</span>
    <textarea ref=${field} rows=${Math.min(6, chosen.length + 1)} spellcheck=${false} autocapitalize="none"
      onChange=${onChange} aria-describedby="trackers-what"></textarea>
    <span id="trackers-what" class="exposure">${
      t(share.exposure === "public" ? "console.option.trackers.what" : "console.option.trackers.later")}</span></label>`;
}

/** A line for each; those of the torrent only where there is one. @param {{share: Share}} props */
export function TorrentOptions({ share }) {
  if (!share.effective) return null;
  if (share.exposure === "http") return html`<${Listed} share=${share} />`;
  return html`<${Listed} share=${share} />
    <${Choice} share=${share} name="format" label=${t("console.option.format")} choices=${formats} what=${t("console.option.format.what")} />
    <${Trackers} share=${share} />
    <${Choice} share=${share} name="web_seed" label=${t("console.option.web_seed")} choices=${webSeeds} what=${t("console.option.web_seed.what")} />`;
}
