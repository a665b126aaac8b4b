// The console: who is there, which screen, and what stands around every screen.
import { render } from "preact";
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadSession, session, shareUrl } from "./api.js";
import { shown } from "./foreign.js";
import { followLanguage, language, loadTexts, number, t } from "./i18n.js";
import { html } from "./html.js";
import { bindKeys, startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { Dialogs } from "./parts/dialog.js";
import { Icon } from "./parts/icon.js";
import { later } from "./parts/later.js";
import { Menu } from "./parts/menu.js";
import { openPalette } from "./parts/palette.js";
import { loadPlugins, panelPath, panelsOf, plugins } from "./parts/panels.js";
import { Toasts } from "./parts/toast.js";
import { preferences } from "./preferences.js";
import { connection, isLoaded, recent, status, waitingFiles } from "./store.js";
import { route, startRouter } from "./router.js";
import { openAdd } from "./screens/add.js";
import { openHelp } from "./screens/help.js";
import { Login, takeKey } from "./screens/login.js";
import { Lost } from "./screens/lost.js";
import { Missing } from "./screens/missing.js";
import { openDownload } from "./screens/receive/add.js";
import { startPasting } from "./screens/receive/paste.js";
import { needsHelp, openReach, reachOf } from "./screens/reach.js";
import { Shares } from "./screens/shares.js";
import { title } from "./title.js";
import { DropZone } from "./screens/uploads.js";

const Detail = later(() => import("./screens/detail.js"), "Detail");
const Receive = later(() => import("./screens/receive.js"), "Receive");
const Activity = later(() => import("./screens/activity.js"), "Activity");
const Settings = later(() => import("./screens/settings.js"), "Settings");
const Plugins = later(() => import("./screens/plugins.js"), "Plugins");
const PanelScreen = later(() => import("./screens/panel.js"), "PanelScreen");

const places = [
  ["shares", "/shares", "console.shares", "share"], ["receive", "/receive", "console.receive", "receive"],
  ["activity", "/activity", "console.activity", "activity"], ["settings", "/settings", "console.settings", "settings"],
];

// Of plugins; on a phone, where there is no room for them, they stand in the settings.
const OwnPlaces = () => panelsOf("nav").map((own) => html`<li class="nav-own"><a href=${panelPath(own)}
  aria-current=${route.value.screen === "panel" && route.value.plugin === own.plugin.name && route.value.id === own.panel.id ? "page" : undefined}>
  <${Icon} name="plugin" /><span>${shown(own.panel.title)}</span></a></li>`);

// Files in drop boxes that wait to be looked at.
function Waiting() {
  const n = waitingFiles.value;
  return n > 0 && html`<span class="badge" aria-hidden="true">${n > 99 ? `${number(99)}+` : number(n)}</span>
    <span class="heard">${t("console.boxes.waiting", { n })}</span>`;
}

function Navigation() {
  const { screen } = route.value;
  const at = screen === "plugins" ? "settings" : screen;
  return html`<nav class="nav" aria-label=${t("console.navigation")}>
    <a class="brand" href="/shares"><svg class="mark" aria-hidden="true"><use href="/icons.svg#mark" /></svg>BTshare</a>
    <ul>${places.map(([name, path, text, icon]) => html`<li><a href=${path} aria-current=${at === name ? "page" : undefined}>
      <${Icon} name=${icon} /><span>${t(text)}</span>${name === "receive" && html` <${Waiting} />`}</a></li>`)}<${OwnPlaces} /></ul>
    <button class="plain nav-more" onClick=${openPalette}><${Icon} name="command" /><span>${t("console.palette")}</span></button>
    <button class="plain nav-more" onClick=${openHelp}><${Icon} name="help" /><span>${t("console.help")}</span></button>
  </nav>`;
}

const pluginPause = 2000; // the first view does not wait for them

const mostNotices = 3;

/** What a person is needed for; what is said in passing, too, is said aloud there. */
const Notices = () => (status.value.notices ?? []).slice(0, mostNotices).map((notice) => html`<p class="status-line" role=${notice.news ? undefined : "status"}><${Icon} name="person" /><span>${
  shown(notice.text[language.value] ?? notice.text.en)}</span>${
  notice.confirm && html`<button class="plain" onClick=${() => import("./damage.js").then((damage) => damage.confirmAll())}>${
    notice.confirm[language.value]}</button>`}${
  notice.share && html`<a class="button plain" href=${shareUrl(notice.share)}>${t("console.notice.look")}</a>`}</p>`);

// What waits already is seen on the screen; what comes is said.
function followNews() {
  let first;
  effect(() => {
    if (!isLoaded.value) return;
    const notices = status.value.notices ?? [];
    first ??= notices;
    if (notices !== first && notices.length > 0) import("./news.js").then((news) => news.startNews(first), () => {});
  });
}

function StatusLine() {
  if (!needsHelp(status.value)) return null;
  return html`<p class="status-line"><${Icon} name="warn" /><span>${reachOf(status.value)} <span class="still">${t("console.reach.still")}</span></span>
    <button class="plain" onClick=${openReach}>${t("console.reach.fix")}</button></p>`;
}

function Screen() {
  const { screen, id, plugin } = route.value;
  if (screen === "shares") {
    return html`<div class="two" data-detail=${Boolean(id)}><${Shares} />
      ${id ? html`<${Detail} key=${id} id=${id} />` : html`<p class="two-none muted">${t("console.detail.none")}</p>`}</div>`;
  }
  const Other = { receive: Receive, activity: Activity, settings: Settings, plugins: Plugins, panel: PanelScreen }[screen] ?? Missing;
  return html`<${Other} id=${id} plugin=${plugin} />`;
}

function Shell() {
  useEffect(() => {
    startLive();
    startPasting(openDownload);
    followNews();
    setTimeout(() => plugins.peek() ?? loadPlugins(), pluginPause);
    effect(() => {
      if (preferences.value.tell.length === 0) return;
      const last = recent.peek()[0]?.id ?? 0;
      import("./notices.js").then((notices) => notices.startNotices(last), () => {});
    });
    return bindKeys({ n: () => (route.peek().screen === "receive" ? openDownload() : openAdd()), "?": openHelp,
      "Ctrl k": openPalette });
  }, []);
  return html`<a class="skip" href="#main">${t("console.skip")}</a>
    <${Navigation} />
    <main id="main" tabindex="-1" data-lost=${connection.value.state === "lost"}>
      <${Lost} /><${Notices} /><${StatusLine} /><${Screen} /><${Menu} /></main>
    <${DropZone} onTorrent=${openDownload} />`;
}

function App() {
  if (!session.value) return null;
  return html`${session.value.authenticated ? html`<${Shell} />` : html`<${Login} />`}
    <${Toasts} /><${Dialogs} />`;
}

async function start() {
  startRouter();
  startKeys();
  await Promise.all([loadTexts(), takeKey().then(loadSession)]);
  followLanguage();
  effect(() => {
    document.title = title();
  });
  const root = document.getElementById("app");
  root.replaceChildren();
  render(html`<${App} />`, root);
}

start().catch(() => {
  // Nobody answers, so there are no texts either.
  document.getElementById("app").textContent = "BTshare does not answer. / BTshare ne répond pas.";
  setTimeout(() => location.reload(), 5000);
});
