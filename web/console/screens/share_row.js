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
const slop = 10; // pixels: no finger rests quite still

// After a long press the browser may still send a click, to whatever has come under the finger meanwhile.
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", () => removeEventListener("click", swallow, { capture: true }), { capture: true, once: true });
}

// A finger that rests on the row selects it, and the next ones by a tap; one that moves scrolls, which the browser says
// by cancelling. A mouse has boxes for it, and everybody the menu.
function pressing(select, isSelecting) {
  const press = useRef({ timer: 0, x: 0, y: 0, isTouch: false });
  const end = () => clearTimeout(press.current.timer);
  const isOnLink = (event) => press.current.isTouch && event.target.closest(".row-main");
  return {
    onPointerDown: ({ pointerType, clientX, clientY }) => {
      end();
      const isTouch = pointerType !== "mouse";
      const timer = isTouch && !isSelecting ? setTimeout(() => {
        swallowClick();
        select();
      }, longPress) : 0;
      press.current = { timer, x: clientX, y: clientY, isTouch };
    },
    onPointerMove: ({ clientX, clientY }) => {
      if (Math.hypot(clientX - press.current.x, clientY - press.current.y) > slop) end();
    },
    onPointerUp: end, onPointerCancel: end,
    onContextMenu: (event) => isOnLink(event) && event.preventDefault(),
    onClickCapture: (event) => {
      if (!isSelecting || !isOnLink(event)) return;
      event.preventDefault();
      event.stopPropagation();
      select();
    },
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
    aria-setsize=${count} aria-posinset=${at + 1} ...${pressing(() => toggle(row), isSelecting)}>
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
