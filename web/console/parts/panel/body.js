// What a panel holds, by its kind, and what can be done there.
import { ask, query } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { confirm } from "../dialog.js";
import { later } from "../later.js";
import { panelUrl } from "../panels.js";
import { attempt, toast } from "../toast.js";
import { Form } from "./form.js";
import { Log } from "./log.js";
import { Html } from "./markup.js";
import { cell, measured } from "./values.js";

const Chart = later(() => import("../chart.js"), "Chart");

const Stats = ({ found }) => html`<dl class="figures">${(found.stats ?? []).map((item) => html`<div><dt>${shown(item.label)}</dt>
  <dd>${measured(item.value, item.unit)}</dd></div>`)}</dl>`;

// What can be done with a panel, or with a row of it: `about` is what the row begins with.
function Action({ action, of, share, load, row, about }) {
  const title = shown(action.title);
  const act = () => attempt(async () => {
    const [path, place = ""] = panelUrl(of, share).split("?");
    const answer = await ask("POST", `${path}/actions/${encodeURIComponent(action.name)}?${place}${query({ row }).replace("?", "&")}`);
    toast(answer?.message ? shown(answer.message) : t("console.panel.done", { name: title }));
    await load();
  });
  const start = () => (action.confirm ? confirm({ title, text: shown(action.confirm), yes: title, act }) : act());
  return html`<button type="button" aria-label=${row && `${title}: ${cell(about)}`} onClick=${start}>${title}</button>`;
}

const isNumber = (found, at) => found.rows.length > 0 && found.rows.every((row) => typeof row[at] === "number");

function Table({ label, found, of, share, load }) {
  const each = (found.actions ?? []).filter((action) => action.each);
  const figures = (found.columns ?? []).map((_, at) => (isNumber(found, at) ? "figure" : undefined));
  if (!found.rows?.length) return html`<p class="muted">${t("console.panel.none")}</p>`;
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${label}><table>
    <thead><tr>${found.columns.map((name, at) => html`<th scope="col" class=${figures[at]}>${shown(name)}</th>`)}${each.length > 0 && html`<td></td>`}</tr></thead>
    <tbody>${found.rows.map((row, at) => html`<tr key=${found.keys?.[at]}>${row.map((value, column) => html`<td class=${figures[column]}>${cell(value)}</td>`)}${each.length > 0 && html`<td><div class="buttons">${
      each.map((action) => html`<${Action} action=${action} of=${of} share=${share} load=${load} row=${found.keys?.[at]} about=${row[0]} />`)}</div></td>`}</tr>`)}</tbody>
  </table></div>`;
}

function Plot({ label, found }) {
  if (!found.times?.length) return html`<p class="muted">${t("console.panel.none")}</p>`;
  return html`<${Chart} label=${label} times=${found.times} format=${(value) => measured(value, found.unit)}
    series=${(found.series ?? []).map((one) => ({ label: shown(one.label), values: one.values }))} isTold=${true} />`;
}

const kinds = { stats: Stats, table: Table, log: ({ label, found }) => html`<${Log} label=${label} lines=${found.log} />`, chart: Plot, form: Form,
  html: ({ label, found, level }) => html`<${Html} label=${label} markup=${found.markup} level=${level} />` };

const Actions = ({ found, of, share, load }) => {
  const actions = (found.actions ?? []).filter((action) => !action.each);
  return actions.length > 0 && html`<div class="buttons">${actions.map((action) => html`<${Action} key=${action.name} action=${action} of=${of}
    share=${share} load=${load} />`)}</div>`;
};

/** @param {{label: string, found: PanelData, of: {plugin: Plugin, panel: Panel}, share?: string, load: () => Promise<void>, level: number}} props
 *   level: of headings in it */
export function Body({ label, found, of, share, load, level }) {
  const Kind = kinds[found.kind];
  return html`${Kind && html`<${Kind} label=${label} found=${found} of=${of} share=${share} url=${panelUrl(of, share)} load=${load} level=${level} />`}
    <${Actions} found=${found} of=${of} share=${share} load=${load} />`;
}
