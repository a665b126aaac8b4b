// Throughput over time: a drawing by uPlot, which is fetched only here, and a table that says the same.
import { useEffect, useRef } from "preact/hooks";
import { clock, language, moment, rate, t } from "../../i18n.js";
import { html } from "../../html.js";
import { isDark } from "../../preferences.js";

const rows = 24; // in the table, however long the period

function timesOf({ start, step, up }) {
  return up.map((_, at) => start + at * step);
}

function loadSheet() {
  if (document.querySelector("link[href='/vendor/uplot.css']")) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/vendor/uplot.css";
  document.head.append(link);
}

// A canvas knows no custom properties: they are asked for, through an element that wears them.
function inked(element, name) {
  element.style.setProperty("color", `var(${name})`);
  return getComputedStyle(element).color;
}

function optionsFor(element, { step }) {
  const ink = inked(element, "--muted");
  const line = inked(element, "--line");
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  const when = step >= 600 ? moment : clock;
  const accent = inked(element, "--accent");
  return {
    width: element.clientWidth, height: 220, legend: { show: false }, cursor: { show: false },
    series: [{}, { stroke: accent, width: 2, fill: inked(element, "--tint") }, { stroke: inked(element, "--ok"), width: 2, dash: [5, 4] }],
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 1000)] } },
    axes: [{ ...axis, values: (_plot, times) => times.map(when), space: 80 },
      { ...axis, values: (_plot, values) => values.map((value) => (value ? rate(value) : "0")), size: 76 }],
  };
}

/** @param {{found: {start: number, step: number, up: number[], down: number[]}}} props */
export function Plot({ found }) {
  const element = useRef(null);
  const dark = isDark.value;
  const spoken = language.value;
  useEffect(() => {
    let plot = null;
    let isOver = false;
    let resize = () => {};
    loadSheet();
    // @ts-expect-error served, but nowhere in the sources
    import("/vendor/uplot.js").then(({ default: Chart }) => {
      if (isOver) return;
      plot = new Chart(optionsFor(element.current, found), [timesOf(found), found.up, found.down], element.current);
      resize = () => plot.setSize({ width: element.current.clientWidth, height: 220 });
      addEventListener("resize", resize);
    });
    return () => {
      isOver = true;
      removeEventListener("resize", resize);
      plot?.destroy();
    };
  }, [found, dark, spoken]);
  return html`<div class="plot" ref=${element} role="img" aria-label=${t("console.activity.plot")}></div>
    <p class="key"><span data-line="up">${t("console.activity.up")}</span><span data-line="down">${t("console.activity.down")}</span></p>`;
}

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0);

export function PlotTable({ found }) {
  const width = Math.max(1, Math.ceil(found.up.length / rows));
  const lines = [];
  for (let at = 0; at < found.up.length; at += width) {
    lines.push([found.start + at * found.step, mean(found.up.slice(at, at + width)), mean(found.down.slice(at, at + width))]);
  }
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${t("console.activity.plot")}><table>
    <thead><tr><th scope="col">${t("console.activity.from")}</th><th scope="col" class="figure">${t("console.activity.up")}</th>
      <th scope="col" class="figure">${t("console.activity.down")}</th></tr></thead>
    <tbody>${lines.map(([time, up, down]) => html`<tr><th scope="row">${moment(time)}</th><td class="figure">${rate(up)}</td>
      <td class="figure">${rate(down)}</td></tr>`)}</tbody></table></div>`;
}
