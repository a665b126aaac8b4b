// The heading of a screen: it takes the focus when somebody comes to the screen, so that it is read out.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";

/** @param {{id?: string, children?: unknown}} props */
export function Heading({ id, children }) {
  const element = useRef(null);
  useEffect(() => {
    // Not when the page has just been opened: the browser begins at its top.
    if (document.activeElement !== document.body) element.current.focus({ preventScroll: true });
  }, []);
  return html`<h1 ref=${element} id=${id} tabindex="-1">${children}</h1>`;
}
