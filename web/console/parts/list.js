// A list of many rows, of which only those in sight are in the page, from 200 rows on.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";

const enough = 200;
const margin = 6; // rows drawn above and below what is in sight

/** @returns {[number, number]} first and one past the last row in sight */
function inSight(element, count, height) {
  const { top } = element.getBoundingClientRect();
  const first = Math.floor(-top / height) - margin;
  const last = Math.ceil((innerHeight - top) / height) + margin;
  return [Math.max(0, Math.min(first, count - 1)), Math.max(1, Math.min(last, count))];
}

/**
 * @param {{count: number, height: number, label: string, row: (at: number) => unknown, show?: number}} props
 *   height: of each row in pixels; row: draws the row at a place; show: a place to be brought into sight
 */
export function List({ count, height, label, row, show }) {
  const element = useRef(null);
  const isWhole = count <= enough;
  const [range, setRange] = useState([0, 40]);
  const [first, last] = isWhole ? [0, count] : [Math.min(range[0], Math.max(0, count - 1)), Math.min(range[1], count)];

  useLayoutEffect(() => {
    if (isWhole) return undefined;
    const look = () => {
      if (!element.current) return;
      const seen = inSight(element.current, count, height);
      setRange((old) => (old[0] === seen[0] && old[1] === seen[1] ? old : seen));
    };
    look();
    addEventListener("scroll", look, { capture: true, passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, [isWhole, count, height]);

  useLayoutEffect(() => {
    if (show >= 0) reveal(element.current, show, height);
  }, [show]);

  const rows = [];
  for (let at = first; at < last; at += 1) rows.push(row(at));
  const style = { "--row": `${height}px`, "--all": `${count * height}px`, "--before": `${first * height}px` };
  return html`<ul ref=${element} class="list" aria-label=${label} data-whole=${isWhole} style=${style}>${rows}</ul>`;
}

// Scrolls what scrolls around the list just so far that the row is in sight, clear of the bars.
function reveal(list, at, height) {
  let pane = list;
  while (pane.parentElement && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
  const isPage = pane === document.documentElement || pane === document.body;
  const view = isPage ? { top: 0, bottom: innerHeight } : pane.getBoundingClientRect();
  const top = list.getBoundingClientRect().top + at * height;
  const clear = 140;
  const by = Math.min(0, top - view.top - clear) || Math.max(0, top + height - view.bottom + clear / 2);
  if (by) (isPage ? scrollingElement() : pane).scrollBy(0, by);
}

const scrollingElement = () => document.scrollingElement;
