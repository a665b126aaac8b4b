// Figures over time: a drawing by uPlot, which is fetched only here, and a table that says the same.
import { useEffect, useRef } from "preact/hooks";
import { clock, language, moment, t } from "../i18n.js";
import { html } from "../html.js";
import { isDark } from "../preferences.js";

const rows = 24; // in the table, however many times there are
const lines = [["--accent", []], ["--ok", [5, 4]], ["--warn", [2, 3]], ["--bad", [9, 4]], ["--muted", [9, 3, 2, 3]]];

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

/** @param {HTMLElement} element @param {Parameters<typeof Chart>[0]} props */
function optionsFor(element, { times, series, format, least }) {
  const ink = inked(element, "--muted");
  const axis = { stroke: ink, grid: { stroke: inked(element, "--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  const when = times.length > 1 && times[1] - times[0] >= 600 ? moment : clock;
  const drawn = series.map((_, at) => {
    const [colour, dash] = lines[at % lines.length];
    return { stroke: inked(element, colour), width: 2, dash, fill: at === 0 ? inked(element, "--tint") : undefined };
  });
  return {
    width: element.clientWidth, height: 220, legend: { show: false }, cursor: { show: false }, series: [{}, ...drawn],
    scales: { y: { range: (_plot, low, high) => [Math.min(low ?? 0, 0), Math.max((high ?? 0) * 1.1, least ?? 1)] } },
    axes: [{ ...axis, values: (_plot, at) => at.map(when), space: 80 },
      { ...axis, values: (_plot, values) => values.map((value) => (value ? format(value) : "0")), size: 76 }],
  };
}

/**
 * @param {{label: string, times: number[], series: {label: string, values: (number|null)[]}[], format: (value: number) => string,
 *   least?: number, isTold?: boolean}} props least: the scale reaches at least there; isTold: with its table, folded
 */
export function Chart(props) {
  const { label, times, series, isTold } = props;
  const element = useRef(null);
  const dark = isDark.value;
  const spoken = language.value;
  const data = JSON.stringify([times, series]);
  useEffect(() => {
    let plot = null;
    let isOver = false;
    const place = element.current;
    // It may stand in a place that has no width yet, or none any more.
    const watcher = new ResizeObserver(() => place.clientWidth && plot?.setSize({ width: place.clientWidth, height: 220 }));
    loadSheet();
    // @ts-expect-error served, but nowhere in the sources
    import("/vendor/uplot.js").then(({ default: Drawing }) => {
      if (isOver) return;
      plot = new Drawing(optionsFor(place, props), [times, ...series.map((one) => one.values)], place);
      watcher.observe(place);
    });
    return () => {
      isOver = true;
      watcher.disconnect();
      plot?.destroy();
    };
  }, [data, dark, spoken]);
  return html`<div class="plot" ref=${element} role="img" aria-label=${label}></div>
    <p class="key">${series.map((one, at) => html`<span data-line=${at % lines.length}>${one.label}</span>`)}</p>
    ${isTold && html`<details><summary>${t("console.details")}</summary><${ChartTable} ...${props} /></details>`}`;
}

function mean(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

/** The same as a table, a few times in a line where there are many. @param {Parameters<typeof Chart>[0]} props */
export function ChartTable({ label, times, series, format }) {
  const width = Math.max(1, Math.ceil(times.length / rows));
  const starts = times.filter((_, at) => at % width === 0);
  const means = series.map((one) => starts.map((_, at) => mean(one.values.slice(at * width, (at + 1) * width))));
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${label}><table>
    <thead><tr><th scope="col">${t("console.activity.from")}</th>${series.map((one) => html`<th scope="col" class="figure">${one.label}</th>`)}</tr></thead>
    <tbody>${starts.map((time, at) => html`<tr><th scope="row">${moment(time)}</th>
      ${means.map((one) => html`<td class="figure">${one[at] === null ? "–" : format(one[at])}</td>`)}</tr>`)}</tbody></table></div>`;
}
