// The recipients as a picture: you in the middle, they around; an arc is their progress, a line's width their speed.
import { percent, t } from "../../i18n.js";
import { html } from "../../html.js";
import { lettersOf, nameOf } from "./recipients_names.js";

const most = 24;
const middle = 200;
const far = 150;
const radius = 22;
const around = 2 * Math.PI * (radius + 3);

function placeOf(at, count) {
  const angle = (at / count) * 2 * Math.PI - Math.PI / 2;
  return [middle + far * Math.cos(angle), middle + far * Math.sin(angle)];
}

const widthOf = (bytes) => Math.min(8, 1 + Math.log10(1 + (bytes ?? 0) / 10000) * 2.2);

function Node({ recipient, x, y }) {
  return html`<g>
    <circle class="node" cx=${x} cy=${y} r=${radius} /><circle class="ring" cx=${x} cy=${y} r=${radius + 3} />
    <circle class="arc" cx=${x} cy=${y} r=${radius + 3} transform=${`rotate(-90 ${x} ${y})`}
      stroke-dasharray=${`${(recipient.progress ?? 0) * around} ${around}`} />
    <text x=${x} y=${y}>${lettersOf(recipient)}</text></g>`;
}

/** @param {{recipients: Recipient[]}} props */
export function RecipientMap({ recipients }) {
  const shownOnes = recipients.slice(0, most);
  const others = recipients.length - shownOnes.length;
  const summary = shownOnes.map((item) => `${nameOf(item)} ${percent(item.progress ?? 0)}`).join(", ");
  return html`<svg class="map" viewBox="0 0 400 400" role="img" aria-label=${t("console.map.what", { people: summary })}>
    ${shownOnes.map((item, at) => {
      const [x, y] = placeOf(at, shownOnes.length);
      return html`<line class="way" key=${item.id} x1=${middle} y1=${middle} x2=${x} y2=${y} stroke-width=${widthOf(item.up_rate)}
        data-direct=${item.way !== "torrent"} />`;
    })}
    <circle class="you" cx=${middle} cy=${middle} r="28" /><text class="you-text" x=${middle} y=${middle}>${t("console.map.you")}</text>
    ${shownOnes.map((item, at) => {
      const [x, y] = placeOf(at, shownOnes.length);
      return html`<${Node} key=${item.id} recipient=${item} x=${x} y=${y} />`;
    })}
    ${others > 0 && html`<text x=${middle} y="388">${t("console.map.others", { n: others })}</text>`}
  </svg>`;
}
