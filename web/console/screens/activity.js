// S6: how much went through, whom it reached, and what happened.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, query } from "../api.js";
import { number, rate, size, t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { Icon } from "../parts/icon.js";
import { later } from "../parts/later.js";
import { Panels } from "../parts/panels.js";
import { saveAs } from "../parts/save.js";
import { Timeline } from "../parts/timeline.js";
import { attempt } from "../parts/toast.js";
import { recent } from "../store.js";

const periods = { hour: "console.period.hour", day: "console.period.day", week: "console.period.week" };
const page = 50;

const Chart = later(() => import("../parts/chart.js"), "Chart");
const ChartTable = later(() => import("../parts/chart.js"), "ChartTable");

const chartOf = ({ start, step, up, down }) => ({
  label: t("console.activity.plot"), times: up.map((_, at) => start + at * step), format: rate, least: 1000,
  series: [{ label: t("console.activity.up"), values: up }, { label: t("console.activity.down"), values: down }],
});

function Totals({ totals }) {
  return html`<dl class="figures">
    <div><dt>${t("console.activity.sent")}</dt><dd>${size(totals.sent ?? 0)}</dd></div>
    <div><dt>${t("console.activity.received")}</dt><dd>${size(totals.received ?? 0)}</dd></div>
    <div><dt>${t("console.activity.people")}</dt><dd>${number(totals.people ?? 0)}</dd></div>
    <div><dt>${t("console.activity.downloads")}</dt><dd>${number(totals.downloads ?? 0)}</dd></div></dl>`;
}

function Throughput() {
  const [period, setPeriod] = useState("hour");
  const [found, setFound] = useState(null);
  useEffect(() => {
    const load = () => !document.hidden && ask("GET", `/activity${query({ period })}`).then(setFound, () => {});
    load();
    const timer = setInterval(load, period === "hour" ? 10000 : 60000);
    return () => clearInterval(timer);
  }, [period]);
  return html`<section class="group" aria-labelledby="throughput-title">
    <h2 id="throughput-title">${t("console.activity.speed")}</h2>
    <div class="periods" role="group" aria-label=${t("console.period")}>${Object.entries(periods).map(([name, text]) => html`
      <button class="chip" aria-pressed=${period === name} onClick=${() => setPeriod(name)}>${t(text)}</button>`)}</div>
    ${found && html`<${Chart} ...${chartOf(found)} /><${Totals} totals=${found.totals ?? {}} />
      <details><summary>${t("console.details")}</summary>
        ${found.totals?.ratio !== undefined && html`<p>${t("console.activity.ratio", { ratio: number(found.totals.ratio) })}</p>`}
        <${ChartTable} ...${chartOf(found)} /></details>`}
  </section>`;
}

async function saveCsv(q) {
  const text = await ask("GET", `/activity/events${query({ q, limit: 10000 })}`, { accept: "text/csv" });
  saveAs(new Blob([typeof text === "string" ? text : JSON.stringify(text)], { type: "text/csv" }), "btshare.csv");
}

function Events() {
  const [q, setQuery] = useState("");
  const [found, setFound] = useState(null);
  const timer = useRef(0);
  const newest = recent.value[0]?.id;
  const load = (offset) => attempt(async () => {
    const more = await ask("GET", `/activity/events${query({ q, limit: page, offset })}`);
    setFound((old) => ({ total: more.total, events: offset === 0 ? more.events : [...old.events, ...more.events] }));
  });
  useEffect(() => {
    load(0);
  }, [q, newest]);
  const onInput = (event) => {
    clearTimeout(timer.current);
    const { value } = event.currentTarget;
    timer.current = setTimeout(() => setQuery(value), 120);
  };
  return html`<section class="group" aria-labelledby="events-title">
    <h2 id="events-title">${t("console.history")}</h2>
    <div class="bar"><label class="search"><${Icon} name="search" /><input type="search" placeholder=${t("console.activity.search")}
      aria-label=${t("console.activity.search")} onInput=${onInput} /></label>
      <button onClick=${() => attempt(() => saveCsv(q))}><${Icon} name="save" />CSV</button></div>
    ${found && (found.events.length ? html`<${Timeline} events=${found.events} />` : html`<p class="muted">${t("console.history.none")}</p>`)}
    ${found && found.events.length < found.total && html`<button onClick=${() => load(found.events.length)}>${
      t("console.list.more", { n: found.total - found.events.length })}</button>`}
  </section>`;
}

export const Activity = () => html`<section class="screen" aria-labelledby="activity-title">
  <header><${Heading} id="activity-title">${t("console.activity")}<//></header>
  <${Throughput} /><${Panels} slot="activity.card" /><${Events} /></section>`;
