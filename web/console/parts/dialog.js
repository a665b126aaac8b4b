// Dialogs over the page: the browser keeps the focus inside, closes on Esc and gives the focus back.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** @type {import("@preact/signals").Signal<(() => unknown)|null>} */
const shown = signal(null);

export const closeDialog = () => (shown.value = null);

/** @param {() => unknown} content draws the dialog, until closeDialog() */
export const openDialog = (content) => (shown.value = content);

export const Dialogs = () => (shown.value ? shown.value() : null);

/** @param {{title: string, kind?: string, children?: unknown, actions?: unknown, onSubmit?: () => void}} props */
export function Dialog({ title, kind, children, actions, onSubmit }) {
  const element = useRef(null);
  // Before the next key is pressed: who types on at once types into the dialog, and sets off no command.
  useLayoutEffect(() => {
    element.current.showModal();
    element.current.querySelector("[data-focus]")?.focus();
    return () => element.current?.close();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return html`<dialog ref=${element} class="dialog" data-kind=${kind} aria-labelledby="dialog-title" onCancel=${closeDialog}
    onClick=${(event) => event.target === element.current && closeDialog()}>
    <form method="dialog" onSubmit=${submit}>
      <header><h2 id="dialog-title">${title}</h2>
        <button type="button" class="plain icon-only" aria-label=${t("console.close")} onClick=${closeDialog}>
          <${Icon} name="close" /></button></header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer>${actions}</footer>`}
    </form>
  </dialog>`;
}

/**
 * Asks before what cannot be undone.
 * @param {{title: string, text: string, yes: string, act: () => void}} question
 */
export function confirm({ title, text, yes, act }) {
  const done = () => {
    closeDialog();
    act();
  };
  openDialog(() => html`<${Dialog} title=${title} kind="small" actions=${html`
    <button type="button" data-focus onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="button" class="bad" onClick=${done}>${yes}</button>`}><p>${text}</p><//>`);
}
