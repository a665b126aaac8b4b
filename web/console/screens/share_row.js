// A share in the list: what it is, how it is, and its link one tap away.
import { useRef } from "preact/hooks";
import { copyLink, openShareMenu } from "../actions.js";
import { shareUrl } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Icon, kindIcon } from "../parts/icon.js";
import { Name } from "../parts/name.js";
import { State } from "../parts/state.js";
import { extentOf, flowOf, stateOf, toneOf } from "../words.js";

const longPress = 500;

// A finger that rests on the row selects it; one that moves scrolls.
function pressing(select) {
  const timer = useRef(0);
  const end = () => clearTimeout(timer.current);
  return {
    onPointerDown: (event) => {
      if (event.pointerType === "mouse") return;
      timer.current = setTimeout(select, longPress);
    },
    onPointerUp: end, onPointerMove: end, onPointerCancel: end,
  };
}

/**
 * @param {{row: Share, at: number, count: number, isOpen: boolean, isCursor: boolean, isSelected: boolean,
 *   isSelecting: boolean, toggle: (row: Share) => void}} props
 */
export function ShareRow({ row, at, count, isOpen, isCursor, isSelected, isSelecting, toggle }) {
  const tone = toneOf(row);
  const flow = flowOf(row);
  const part = row.state === "preparing" ? row.progress : undefined;
  const name = shown(row.name);
  return html`<li class="row" data-tone=${tone} data-open=${isOpen} data-cursor=${isCursor} data-selected=${isSelected}
    aria-setsize=${count} aria-posinset=${at + 1} ...${pressing(() => toggle(row))}>
    ${isSelecting
      ? html`<label class="row-check"><input type="checkbox" checked=${isSelected} onChange=${() => toggle(row)}
          aria-label=${t("console.select.one", { name })} /></label>`
      : html`<span class="row-kind"><${Icon} name=${kindIcon(row)} /></span>`}
    <a class="row-main" href=${shareUrl(row.id)} aria-current=${isOpen ? "page" : undefined} data-id=${row.id}>
      <${Name} text=${row.name} />
      <span class="row-meta"><${State} tone=${tone}>${stateOf(row)}<//>${flow && html`<span class="row-flow">${
        flow}</span>`}<span class="row-extent">${extentOf(row)}</span></span>
    </a>
    ${row.link && html`<button class="row-copy" onClick=${() => copyLink(row)} aria-label=${`${t("console.copy")}: ${name}`}>
      <${Icon} name="copy" /><span class="long">${t("console.copy")}</span><span class="short">${
        t("console.copy.short")}</span></button>`}
    <button class="plain icon-only" aria-label=${t("console.more", { name })} aria-haspopup="menu"
      onClick=${(event) => openShareMenu(event.currentTarget, row, toggle)}><${Icon} name="more" /></button>
    ${(row.recipients > 0 || part !== undefined) && html`<span class="row-bar" data-moving=${part === undefined}
      style=${{ "--part": part ?? 1 }}></span>`}
  </li>`;
}
