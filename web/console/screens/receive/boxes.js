// S5: drop boxes, links through which others send files, each with what came through it.
import { ask } from "../../api.js";
import { size, t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { confirm } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { openMenu } from "../../parts/menu.js";
import { showQr } from "../../parts/qr.js";
import { State } from "../../parts/state.js";
import { attempt, toast } from "../../parts/toast.js";
import { boxes, boxesVersion, forgetBox, isLoaded, putBox } from "../../store.js";
import { Files } from "./box/files.js";
import { boxUrl, isExpired, limitsOf, linesOf, stateOf, titleOf } from "./box/words.js";
import { openBoxForm, openNewBox } from "./new_box.js";

/** @param {Box} box @param {boolean} isOpen */
const setOpen = (box, isOpen) => attempt(async () => {
  putBox(await ask("PATCH", boxUrl(box.id), { body: { is_open: isOpen } }));
  toast(t(isOpen ? "console.box.opened" : "console.box.shut", { name: titleOf(box) }), { undo: () => setOpen(box, !isOpen) });
});

const remove = (box) => confirm({ title: t("console.box.remove.title", { name: titleOf(box) }),
  text: box.waiting + box.coming > 0 ? t("console.box.remove.waiting", { n: box.waiting + box.coming }) : t("console.box.remove.what"),
  yes: t("console.box.remove"),
  act: () => attempt(async () => {
    await ask("DELETE", boxUrl(box.id));
    forgetBox(box.id);
    toast(t("console.box.removed", { name: titleOf(box) }));
  }) });

const openBoxMenu = (button, box) => openMenu(button, [
  box.link && { text: t("console.box.page"), icon: "open", href: box.link, target: "_blank" },
  { text: t("console.box.change"), icon: "settings", act: () => openBoxForm(box) },
  !isExpired(box) && { text: t(box.is_open ? "console.box.close" : "console.box.reopen"), icon: box.is_open ? "pause" : "play",
    act: () => setOpen(box, !box.is_open) },
  { text: t("console.box.remove.ask"), icon: "trash", tone: "bad", act: () => remove(box) },
]);

function receivedOf({ received, coming }) {
  const parts = [received.files > 0 ? t("console.box.received", { n: received.files, size: size(received.bytes) }) : t("console.box.none")];
  if (coming > 0) parts.push(t("console.box.coming", { n: coming }));
  return parts.join(" ");
}

function Box({ box }) {
  const title = titleOf(box);
  const [state, tone] = stateOf(box);
  return html`<li class="card box">
    <header><h3 id=${`box-${box.id}`} tabindex="-1"><bdi>${title}</bdi></h3><${State} tone=${tone}>${t(state)}<//>
      <button class="plain icon-only" aria-haspopup="menu" aria-label=${t("console.more", { name: title })}
        onClick=${(event) => openBoxMenu(event.currentTarget, box)}><${Icon} name="more" /></button></header>
    ${box.note && html`<p class="box-note muted" dir="auto">${linesOf(box.note)}</p>`}
    ${box.link ? html`<p class="address">${box.link}</p>
        <div class="buttons"><button class="primary" aria-label=${`${t("console.copy")}: ${title}`}
            onClick=${() => copy(box.link, t("console.copied.of", { name: title }))}><${Icon} name="copy" />${t("console.copy")}</button>
          <button aria-label=${`${t("console.qr")}: ${title}`} onClick=${() => showQr(title, box.link, box.qr)}>
            <${Icon} name="qr" />${t("console.qr")}</button></div>`
      : html`<p class="muted">${t("console.link.none")}</p>`}
    <p class="exposure">${limitsOf(box)}</p>
    <p class="box-story">${receivedOf(box)}</p>
    <${Files} box=${box} label=${t("console.box.sent", { name: title })} />
  </li>`;
}

export function Boxes() {
  boxesVersion.value;
  const rows = [...boxes.values()].sort((a, b) => (b.created ?? 0) - (a.created ?? 0));
  return html`<section class="group" aria-labelledby="boxes-title">
    <div class="group-head"><h2 id="boxes-title" tabindex="-1">${t("console.boxes")}</h2>
      ${rows.length > 0 && html`<button onClick=${openNewBox}><${Icon} name="add" />${t("console.box.new")}</button>`}</div>
    ${rows.length > 0 && html`<ul class="boxes">${rows.map((box) => html`<${Box} key=${box.id} box=${box} />`)}</ul>`}
    ${rows.length === 0 && isLoaded.value && html`<div class="nothing"><${Icon} name="box" /><p>${t("console.boxes.none")}</p>
      <button onClick=${openNewBox}><${Icon} name="add" />${t("console.box.new")}</button></div>`}
  </section>`;
}
