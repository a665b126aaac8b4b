// Limits of a share that plugins offer: what holds now, and a line for each, saved at once.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { Dialog, openDialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { loadPlugins, panelsOf, panelUrl, plugins } from "../../parts/panels.js";
import { useSaved } from "../../parts/saved.js";
import { attempt, toast } from "../../parts/toast.js";

const slot = "share.limits";
const pause = 10000;

/** The plugins that come with BTshare and offer such limits, by what the console calls them where they are not loaded. */
const offered = [["password", "console.limit.password"], ["quota", "console.limit.downloads"], ["ask", "console.limit.ask"]];

/** @typedef {{plugin: Plugin, panel: Panel, data: PanelData}} Limit */

/** Of the share that is looked at. @type {import("@preact/signals").Signal<{share: string, list: Limit[]}|null>} */
const known = signal(null);

async function load(share) {
  if (!plugins.peek()) await loadPlugins();
  const list = await Promise.all(panelsOf(slot).map((of) => ask("GET", panelUrl(of, share))
    .then((data) => ({ ...of, data }), () => null)));
  known.value = { share, list: list.filter(Boolean) };
}

const limitsOf = (share) => (known.value?.share === share.id ? known.value.list : null);

/** What holds, a sentence each; looked at anew while somebody sees it. @param {{share: Share}} props */
export function LimitWords({ share }) {
  useEffect(() => {
    const look = () => document.hidden || load(share.id).catch(() => {});
    look();
    const timer = setInterval(look, pause);
    return () => clearInterval(timer);
  }, [share.id, share.downloads, plugins.value]);
  return (limitsOf(share) ?? []).map(({ data }) => data.summary && html` <span>${shown(data.summary)}</span>`);
}

// Undone by what was there before, where that is known: a secret is not.
async function save(share, limit, field, value) {
  const isSecret = field.kind === "secret";
  const send = async (wanted) => {
    await ask("POST", panelUrl(limit, share.id), { body: { values: { [field.name]: wanted } } });
    await load(share.id);
  };
  await send(value);
  const undo = isSecret && field.is_set ? undefined : () => send(isSecret ? "" : field.value ?? null);
  toast(t("console.saved"), { undo, about: `${share.id} ${field.name}`, isSeries: !isSecret });
}

function Secret({ field, set, id }) {
  const input = useRef(null);
  const submit = (event) => {
    event.preventDefault();
    set(input.current.value).then(() => (input.current.value = ""));
  };
  return html`<form class="line" onSubmit=${submit}>
    <input id=${id} ref=${input} type="text" required maxlength="1000" autocomplete="off" autocapitalize="none" spellcheck=${false}
      placeholder=${field.is_set ? t("console.limit.kept") : t("console.limit.none")} />
    <button>${t(field.is_set ? "console.link.change" : "console.limit.set")}</button>
    ${field.is_set && html`<button type="button" onClick=${() => set("")}>${t("console.limit.remove")}</button>`}</form>`;
}

function Typed({ field, set, id }) {
  const input = useSaved(field.value ?? "");
  const onNumber = (event) => event.currentTarget.reportValidity() && set(event.currentTarget.value === "" ? null : Number(event.currentTarget.value));
  return field.kind === "number" ? html`<input id=${id} ref=${input} type="number" min="1" inputmode="numeric" placeholder=${t("console.unlimited")} onChange=${onNumber} />`
    : html`<input id=${id} ref=${input} type="text" spellcheck=${false} onChange=${(event) => set(event.currentTarget.value)} />`;
}

function Control({ field, set, id }) {
  const { kind, value } = field;
  if (kind === "secret") return html`<${Secret} field=${field} set=${set} id=${id} />`;
  if (kind === "choice") {
    return html`<select id=${id} value=${value} onChange=${(event) => set(event.currentTarget.value)}>${(field.choices ?? []).map((choice) =>
      html`<option value=${choice}>${shown(choice)}</option>`)}</select>`;
  }
  return html`<${Typed} field=${field} set=${set} id=${id} />`;
}

function Field({ share, limit, field }) {
  const id = `limit-${limit.plugin.name}-${field.name}`;
  const set = (value) => attempt(() => save(share, limit, field, value));
  if (field.kind === "switch") {
    return html`<div class="field"><label class="switch"><input type="checkbox" checked=${field.value === true}
      onChange=${(event) => set(event.currentTarget.checked)} />${shown(field.label)}</label></div>`;
  }
  return html`<div class="field"><label for=${id}>${shown(field.label)}</label><${Control} field=${field} set=${set} id=${id} /></div>`;
}

function openLua(code) {
  openDialog(() => html`<${Dialog} title=${t("console.settings.lua")} kind="small" actions=${html`
    <button type="button" class="primary" onClick=${() => copy(code)}><${Icon} name="copy" />${t("console.copy.short")}</button>`}>
    <p class="muted">${t("console.limit.absent.what")}</p><pre tabindex="0">${code}</pre><//>`);
}

function Absent({ name, text }) {
  const plugin = (plugins.value ?? []).find((one) => one.name === name);
  if (plugin?.is_running) return null; // it could not say
  const code = `plugin "${name}" {}`;
  if (plugin) {
    return html`<div class="field"><span>${t(text)}</span><p class="exposure">${t("console.plugins.aside.what")} <a href="/plugins">${
      t("console.plugins")}</a></p></div>`;
  }
  return html`<div class="field"><span>${t(text)}</span><p class="exposure">${t("console.limit.absent", { line: code })} <button
    class="plain" aria-label=${`${t("console.settings.lua")}: ${t(text)}`} onClick=${() => openLua(code)}>${t("console.settings.lua")}</button></p></div>`;
}

/** A line for each limit. @param {{share: Share}} props */
export function Limits({ share }) {
  const list = limitsOf(share);
  if (!list) return null;
  const absent = offered.filter(([name]) => !list.some((limit) => limit.plugin.name === name));
  return html`${list.map((limit) => (limit.data.fields ?? []).map((field) => html`<${Field}
      key=${`${share.id} ${limit.plugin.name} ${field.name}`} share=${share} limit=${limit} field=${field} />`))}
    ${absent.map(([name, text]) => html`<${Absent} key=${name} name=${name} text=${text} />`)}`;
}
