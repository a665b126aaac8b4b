// The menu behind a ⋯ button: one for the whole page, placed where it was asked for.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const shown = signal(null);

/**
 * @param {HTMLElement} button
 * @param {({text: string, icon: string, act?: () => void, href?: string, target?: string, tone?: "bad"}|false)[]} items
 */
export function openMenu(button, items) {
  const { left, right, top, bottom } = button.getBoundingClientRect();
  shown.value = { button, items: items.filter(Boolean), left, right, top, bottom };
}

function close(back) {
  const { button } = shown.peek() ?? {};
  shown.value = null;
  if (back) button?.focus();
}

function place(element, { right, top, bottom }) {
  const { width, height } = element.getBoundingClientRect();
  const room = innerHeight - bottom;
  element.style.setProperty("left", `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`);
  element.style.setProperty("top", `${room < height + 8 && top > height ? top - height - 4 : bottom + 4}px`);
}

function move(event, element) {
  const items = [...element.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === "Tab") close(true);
}

export function Menu() {
  const element = useRef(null);
  const menu = shown.value;
  useLayoutEffect(() => {
    if (!menu) return undefined;
    const popover = element.current;
    popover.showPopover?.();
    place(popover, menu);
    popover.querySelector("[role=menuitem]").focus();
    const onToggle = (event) => event.newState === "closed" && close(popover.contains(document.activeElement));
    popover.addEventListener("toggle", onToggle);
    return () => popover.removeEventListener("toggle", onToggle);
  }, [menu]);
  if (!menu) return null;
  const choose = (item) => () => {
    close(true);
    item.act?.();
  };
  return html`<div ref=${element} class="menu" popover="auto" role="menu" onKeyDown=${(event) => move(event, element.current)}>
    ${menu.items.map((item) => (item.href
      ? html`<a role="menuitem" tabindex="-1" href=${item.href} target=${item.target} rel="noreferrer" onClick=${choose(item)}>
          <${Icon} name=${item.icon} />${item.text}</a>`
      : html`<button type="button" role="menuitem" tabindex="-1" data-tone=${item.tone} onClick=${choose(item)}>
          <${Icon} name=${item.icon} />${item.text}</button>`))}
  </div>`;
}
