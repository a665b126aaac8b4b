// What a plugin wrote as HTML: the daemon has read it into a tree, of which elements are made here, one by one.
import { h } from "preact";
import { shown } from "../../foreign.js";
import { html } from "../../html.js";

const plain = ["p", "ul", "ol", "li", "b", "strong", "i", "em", "code", "caption", "thead", "tbody", "tr", "th", "td"];

// Line breaks stay, in what is set line by line.
const textOf = (text) => text.split("\n").map(shown).join("\n");

function draw(node, label, heading) {
  if (typeof node === "string") return textOf(node);
  const inside = (node.children ?? []).map((child) => draw(child, label, heading));
  if (plain.includes(node.tag)) return h(node.tag, null, inside);
  if (node.tag === "br") return html`<br />`;
  if (node.tag === "pre") return html`<pre tabindex="0">${inside}</pre>`;
  if (node.tag === "a") return html`<a href=${node.href} target="_blank" rel="noopener noreferrer">${inside}</a>`;
  if (node.tag === "table") return html`<div class="scrolls" tabindex="0" role="region" aria-label=${label}><table>${inside}</table></div>`;
  if (node.tag === "h3" || node.tag === "h4") return h(heading(node.tag), null, inside);
  return inside;
}

// No level is left out: the first heading follows the title around it.
function headingsBelow(level) {
  let hasHigher = false;
  return (tag) => {
    hasHigher ||= tag === "h3";
    return `h${level + (tag === "h4" && hasHigher ? 1 : 0)}`;
  };
}

/** @param {{label: string, markup?: Markup, level: number}} props level: of headings in it */
export function Html({ label, markup, level }) {
  const heading = headingsBelow(level);
  return html`<div class="prose">${(markup ?? []).map((node) => draw(node, label, heading))}</div>`;
}
