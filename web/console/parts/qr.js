// The QR code of a link, on white whatever the scheme, with the address as text: to be scanned, printed or kept.
import { t } from "../i18n.js";
import { html } from "../html.js";
import { shown } from "../foreign.js";
import { copy } from "./copy.js";
import { Dialog, openDialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { ask, query, shareUrl } from "../api.js";
import { saveAs } from "./save.js";
import { attempt } from "./toast.js";

const api = "/api/v1";
const leastPixels = 1024;

// Drawn anew from the path of the SVG: every module as many whole pixels as the next, so that no edge is blurred.
async function savePng(image) {
  const svg = await ask("GET", image.slice(api.length), { accept: "image/svg+xml" });
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)[1]);
  const scale = Math.ceil(leastPixels / modules);
  const side = modules * scale;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#ffffff";
  brush.fillRect(0, 0, side, side);
  brush.scale(scale, scale);
  brush.fillStyle = "#000000";
  brush.fill(new Path2D(/<path[^>]* d="([^"]+)"/.exec(svg)[1]));
  const bytes = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  saveAs(bytes, "qr.png");
}

/** @param {string} name of what it leads to @param {string} address @param {string} image where the code is */
export function showQr(name, address, image) {
  openDialog(() => html`<${Dialog} title=${name} kind="qr" actions=${html`
    <button type="button" onClick=${() => print()}><${Icon} name="print" />${t("console.qr.print")}</button>
    <a class="button" href=${image} download="qr.svg" aria-label=${`${t("console.qr.save")}: SVG`}><${Icon} name="save" />SVG</a>
    <button type="button" aria-label=${`${t("console.qr.save")}: PNG`} onClick=${() => attempt(() => savePng(image))}><${Icon} name="save" />PNG</button>
    <button type="button" class="primary" data-focus onClick=${() => copy(address)}><${Icon} name="copy" />${t("console.copy")}</button>`}>
    <div class="qr"><img src=${image} alt=${t("console.qr.image", { address })} width="240" height="240" /></div>
    <p class="address">${address}</p>
    <p class="muted">${t("console.qr.what")}</p><//>`);
}

/** @param {Share} share @param {Link} [link] a named one */
export function openQr(share, link) {
  const address = link?.link ?? share.link;
  if (!address) return;
  showQr(shown(share.name), address, `${api}${shareUrl(share.id)}/qr.svg${query({ link: link?.id })}`);
}
