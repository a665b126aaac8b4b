// What sections and settings are called, and what they do; a setting that is not listed is called by its key.
import { t } from "../../i18n.js";
import { status } from "../../store.js";

const sections = {
  general: "console.section.general", sharing: "console.section.sharing", network: "console.section.network",
  access: "console.section.access", receive: "console.section.receive", notifications: "console.section.notifications",
  plugins: "console.plugins",
};

const settings = {
  name: ["console.setting.name", "console.setting.name.what"],
  console: ["console.setting.console", "console.setting.console.what"],
  public: ["console.setting.public", "console.setting.public.what"],
  port: ["console.setting.port", "console.setting.port.what"],
  "limits.up": ["console.setting.up", "console.setting.up.what"],
  "limits.down": ["console.setting.down", "console.setting.down.what"],
  map_ports: ["console.setting.map", "console.setting.map.what"],
  web_seed: ["console.setting.seed", "console.setting.seed.what"],
  trackers: ["console.setting.trackers", "console.setting.trackers.what"],
  obfuscation: ["console.setting.obfuscation", "console.setting.obfuscation.what"],
  ignore: ["console.setting.ignore", "console.setting.ignore.what"],
  downloads: ["console.setting.downloads", "console.setting.downloads.what"],
  inbox: ["console.setting.inbox", "console.setting.inbox.what"],
  uploads: ["console.setting.uploads", "console.setting.uploads.what"],
  "torrent.connections_limit": ["console.setting.connections", "console.setting.connections.what"],
  "torrent.enable_dht": ["console.setting.dht", "console.setting.dht.what"],
  "torrent.enable_lsd": ["console.setting.lsd", "console.setting.lsd.what"],
  allowed_hosts: ["console.setting.hosts", "console.setting.hosts.what"],
  trusted_proxies: ["console.setting.proxies", "console.setting.proxies.what"],
  sandbox: ["console.setting.sandbox", "console.setting.sandbox.what"],
};

// What a value is called that is a word of config.lua.
const choices = {
  web_seed: { auto: "console.setting.seed.auto", true: "console.setting.seed.on", false: "console.setting.seed.off" },
  obfuscation: { off: "console.setting.obfuscation.off", prefer: "console.setting.obfuscation.prefer", require: "console.setting.obfuscation.require" },
};

/** @returns {string|undefined} */
export const choiceOf = ({ key }, value) => choices[key]?.[String(value)] && t(choices[key][String(value)]);
/** What holds where a setting leaves it to the system. @returns {string} */
export function chosenOf({ key, value }) {
  const { port } = status.value;
  return key === "port" && !value && port ? t("console.setting.port.chosen", { port: String(port) }) : "";
}
export const sectionOf = (name) => (sections[name] ? t(sections[name]) : name);
export const labelOf = ({ key }) => (settings[key] ? t(settings[key][0]) : key);
export const whatOf = ({ key }) => (settings[key] ? t(settings[key][1]) : "");
