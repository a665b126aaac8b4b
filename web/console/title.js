// What the browser's tab says: the share and its state, or the screen.
import { session } from "./api.js";
import { shown } from "./foreign.js";
import { t } from "./i18n.js";
import { route } from "./router.js";
import { shares, version } from "./store.js";
import { stateOf } from "./words.js";

const screens = {
  shares: "console.shares", receive: "console.receive", activity: "console.activity", settings: "console.settings",
  plugins: "console.plugins", missing: "console.missing",
};

/** @returns {string} */
export function title() {
  if (!session.value?.authenticated) return "BTshare";
  const { screen, id } = route.value;
  version.value;
  const share = screen === "shares" && id && shares.get(id);
  return share ? `${shown(share.name)} · ${stateOf(share)} · BTshare` : `${t(screens[screen])} · BTshare`;
}
