// S1: everything that is shared, with search, chips, order, and what can be done with many at once.
import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { copyLink, copyLinks, pause, pauseAll, stop } from "../actions.js";
import { shareUrl } from "../api.js";
import { number, t } from "../i18n.js";
import { html } from "../html.js";
import { bindKeys } from "../keys.js";
import { Icon } from "../parts/icon.js";
import { List } from "../parts/list.js";
import { openMenu } from "../parts/menu.js";
import { Panels } from "../parts/panels.js";
import { openQr } from "../parts/qr.js";
import { preferences, prefer } from "../preferences.js";
import { go, route } from "../router.js";
import { counts, isLoaded, shares, status, version } from "../store.js";
import { openAdd } from "./add.js";
import { arranged, filter, query, sorts } from "./arranged.js";
import { placeOf } from "../words.js";
import { FirstRun } from "./first_run.js";
import { ShareRow } from "./share_row.js";
import { openSkipped } from "./skipped.js";
import { Uploads } from "./uploads.js";

const selection = signal(new Set());
const cursor = signal(null);
const heights = { comfortable: 68, compact: 48 };

function toggle(row) {
  const next = new Set(selection.peek());
  if (!next.delete(row.id)) next.add(row.id);
  selection.value = next;
}

const chipTexts = {
  all: "console.chip.all", sending: "console.chip.sending", never: "console.chip.never",
  attention: "console.chip.attention",
};
const sortTexts = {
  activity: "console.sort.activity", name: "console.sort.name", newest: "console.sort.newest",
  size: "console.sort.size", sent: "console.sort.sent",
};

function Chips() {
  return html`<div class="chips" role="group" aria-label=${t("console.filter")}>
    ${Object.keys(chipTexts).map((name) => html`<button class="chip" aria-pressed=${filter.value === name}
      onClick=${() => (filter.value = name)}>${t(chipTexts[name])} <span class="count">${number(
        counts.value[name])}</span></button>`)}
  </div>`;
}

function Search() {
  const timer = useRef(0);
  const field = useRef(null);
  useEffect(() => bindKeys({ "/": () => field.current.focus() }), []);
  const onInput = (event) => {
    clearTimeout(timer.current);
    const { value } = event.currentTarget;
    timer.current = setTimeout(() => (query.value = value), 120);
  };
  const onKeyDown = (event) => {
    if (event.key !== "Escape") return;
    event.currentTarget.value = "";
    query.value = "";
    event.currentTarget.blur();
  };
  return html`<label class="search"><${Icon} name="search" /><input ref=${field} type="search" placeholder=${t("console.search")}
    aria-label=${t("console.search.what")} defaultValue=${query.peek()} onInput=${onInput} onKeyDown=${onKeyDown} /></label>`;
}

function openArrange(button) {
  const { sort, density } = preferences.peek();
  openMenu(button, [
    ...sorts.map((name) => ({ text: t(sortTexts[name]), icon: name === sort ? "check" : "none",
      act: () => prefer({ sort: name }) })),
    { text: t(density === "compact" ? "console.density.comfortable" : "console.density.compact"), icon: "density",
      act: () => prefer({ density: density === "compact" ? "comfortable" : "compact" }) },
  ]);
}

function Selection() {
  const rows = [...selection.value].map((id) => shares.get(id)).filter(Boolean);
  const clear = () => (selection.value = new Set());
  return html`<div class="selection" role="toolbar" aria-label=${t("console.selection")}>
    <span>${t("console.selected", { n: rows.length })}</span>
    <button aria-label=${t("console.copy.all")} onClick=${() => copyLinks(rows)}><${Icon} name="copy" />${t("console.copy.short")}</button>
    <button aria-label=${t("console.pause")} onClick=${() => pauseAll(rows).then(clear)}><${Icon} name="pause" />${t("console.pause.short")}</button>
    <button class="bad" aria-label=${t("console.stop")} onClick=${() => stop(rows, clear)}><${Icon} name="stop" />${t("console.stop.short")}</button>
    <button class="plain icon-only" aria-label=${t("console.close")} onClick=${clear}><${Icon} name="close" /></button>
  </div>`;
}

function Nothing() {
  const roots = status.value.roots ?? [];
  if (query.value || filter.value !== "all") {
    const all = () => {
      query.value = "";
      filter.value = "all";
    };
    return html`<div class="nothing"><p>${t("console.shares.none.found")}</p>
      <button onClick=${all}>${t("console.shares.all")}</button></div>`;
  }
  return html`<div class="nothing"><${Icon} name="folder" />
    <p>${roots.length ? t("console.shares.none", { folder: placeOf(roots[0].path) }) : t("console.shares.none.folder")}</p>
    <button class="primary" onClick=${openAdd}><${Icon} name="add" />${t("console.add")}</button></div>`;
}

const Skeleton = () => html`<div class="skeleton" role="status" aria-label=${t("console.loading")}>
  ${[1, 2, 3, 4, 5, 6].map(() => html`<span class="skeleton-row"></span>`)}</div>`;

const place = computed(() => arranged.value.indexOf(cursor.value));

function move(by) {
  const ids = arranged.peek();
  if (ids.length === 0) return;
  cursor.value = ids[Math.max(0, Math.min(ids.length - 1, place.peek() + by))];
}

function useListKeys() {
  useEffect(() => {
    const at = () => shares.get(cursor.peek() ?? route.peek().id);
    const on = (act) => () => at() && act(at());
    return bindKeys({
      j: () => move(1), k: () => move(-1), Enter: on((row) => go(shareUrl(row.id))), c: on(copyLink), q: on((row) => openQr(row)),
      " ": on(pause), x: on(toggle), Escape: () => (selection.value = new Set()),
    });
  }, []);
}

function Rows() {
  version.value;
  const ids = arranged.value;
  if (ids.length === 0) return html`<${Nothing} />`;
  const { density } = preferences.value;
  const row = (at) => {
    const id = ids[at];
    const share = shares.get(id);
    return share && html`<${ShareRow} key=${id} row=${share} at=${at} count=${ids.length} isOpen=${route.value.id === id}
      isCursor=${cursor.value === id} isSelected=${selection.value.has(id)} isSelecting=${selection.value.size > 0}
      toggle=${toggle} />`;
  };
  return html`<${List} count=${ids.length} height=${heights[density] ?? heights.comfortable} label=${t("console.shares")}
    row=${row} show=${place.value} />`;
}

export function Shares() {
  useListKeys();
  const { skipped = 0 } = status.value;
  const { sort } = preferences.value;
  return html`<section class="shares" aria-labelledby="shares-title">
    <header class="bar">
      <h1 id="shares-title" tabindex="-1">${t("console.shares")}</h1>
      ${selection.value.size > 0 ? html`<${Selection} />` : html`<${Search} />
        <button class="primary" onClick=${openAdd}><${Icon} name="add" />${t("console.add.short")}</button>`}
    </header>
    <${FirstRun} />
    <${Uploads} />
    <${Panels} slot="shares.card" />
    <div class="tools"><${Chips} />
      <button class="plain sort" aria-haspopup="menu" onClick=${(event) => openArrange(event.currentTarget)}>
        <${Icon} name="sort" />${t(sortTexts[sort] ?? sortTexts.activity)}</button></div>
    ${isLoaded.value ? html`<${Rows} />` : html`<${Skeleton} />`}
    ${skipped > 0 && html`<p class="skipped">${t("console.skipped", { n: skipped })}
      <button class="plain" onClick=${openSkipped}>${t("console.skipped.why")}</button></p>`}
  </section>`;
}
