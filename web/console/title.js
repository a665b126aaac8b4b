// What the browser's tab says: the share and its state, or the screen.
import { session } from "./api.js";
import { shown } from "./foreign.js";
import { t } from "./i18n.js";
import { panelsOf } from "./parts/panels.js";
import { route } from "./router.js";
import { shares, version } from "./store.js";
import { stateOf } from "./words.js";

const screens = {
  shares: "console.shares", receive: "console.receive", activity: "console.activity", settings: "console.settings",
  plugins: "console.plugins", panel: "console.plugins", missing: "console.missing",
};

/** @returns {string} */
export function title() {
  if (!session.value?.authenticated) return "BTshare";
  const { screen, id, plugin } = route.value;
  version.value;
  const named = screen === "panel" && panelsOf("nav").find((one) => one.plugin.name === plugin && one.panel.id === id);
  if (named) return `${shown(named.panel.title)} · BTshare`;
  const share = screen === "shares" && id && shares.get(id);
  return share ? `${shown(share.name)} · ${stateOf(share)} · BTshare` : `${t(screens[screen])} · BTshare`;
}
