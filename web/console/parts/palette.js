// Ctrl K: every place, command and share by a few letters of its name.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { copyLink } from "../actions.js";
import { shareUrl } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { prefer } from "../preferences.js";
import { go } from "../router.js";
import { openAdd } from "../screens/add.js";
import { openHelp } from "../screens/help.js";
import { openNewBox } from "../screens/receive/new_box.js";
import { shares } from "../store.js";
import { closeDialog, Dialog, openDialog } from "./dialog.js";
import { Icon, kindIcon } from "./icon.js";
import { panelPath, panelsOf } from "./panels.js";

const most = 12;

const commands = () => [
  ["share", t("console.shares"), () => go("/shares")], ["receive", t("console.receive"), () => go("/receive")],
  ["activity", t("console.activity"), () => go("/activity")], ["settings", t("console.settings"), () => go("/settings")],
  ["plugin", t("console.plugins"), () => go("/plugins")], ["add", t("console.add"), openAdd],
  ["receive", t("console.box.new"), openNewBox],
  ["sun", t("console.scheme.light"), () => prefer({ scheme: "light" })],
  ["moon", t("console.scheme.dark"), () => prefer({ scheme: "dark" })],
  ["screen", t("console.scheme.system"), () => prefer({ scheme: "system" })],
  ["language", "English", () => prefer({ language: "en" })], ["language", "Français", () => prefer({ language: "fr" })],
  ["help", t("console.help"), openHelp],
  ...panelsOf("nav").map((own) => /** @type {const} */ (["plugin", shown(own.panel.title), () => go(panelPath(own))])),
].map(([icon, text, act]) => ({ icon, text, act }));

/** @param {string} words @returns {{icon: string, text: string, act: () => void}[]} */
function find(words) {
  const wanted = words.toLowerCase().trim();
  const found = commands().filter((item) => item.text.toLowerCase().includes(wanted));
  if (wanted) {
    for (const row of shares.values()) {
      if (found.length >= most) break;
      if (!row.name.toLowerCase().includes(wanted)) continue;
      const text = shown(row.name);
      found.push({ icon: kindIcon(row), text, act: () => go(shareUrl(row.id)) });
      if (row.link) found.push({ icon: "copy", text: t("console.copy.of", { name: text }), act: () => copyLink(row) });
    }
  }
  return found.slice(0, most);
}

function Palette() {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef(null);
  const found = find(words);
  useLayoutEffect(() => document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" }), [at]);
  const choose = (item) => {
    closeDialog();
    item?.act();
  };
  const onKeyDown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    setAt((at + by + found.length) % found.length);
  };
  return html`<${Dialog} title=${t("console.palette")} kind="palette" onSubmit=${() => choose(found[at])}>
    <input ref=${input} type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" data-focus autocomplete="off"
      spellcheck=${false} aria-label=${t("console.palette.what")} placeholder=${t("console.palette.what")}
      aria-activedescendant=${found.length ? `palette-${at}` : undefined} value=${words} onKeyDown=${onKeyDown}
      onInput=${(event) => {
        setWords(event.currentTarget.value);
        setAt(0);
      }} />
    <ul id="palette-list" role="listbox" aria-label=${t("console.palette")}>${found.map((item, place) => html`
      <li id=${`palette-${place}`} role="option" aria-selected=${place === at} onClick=${() => choose(item)}>
        <${Icon} name=${item.icon} /><span>${item.text}</span></li>`)}</ul>
    ${found.length === 0 && html`<p class="muted" role="status">${t("console.palette.none")}</p>`}<//>`;
}

export const openPalette = () => openDialog(() => html`<${Palette} />`);
