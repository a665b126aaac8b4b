// Whether others can reach us, in a sentence, and all that is known about it.
import { ask } from "../api.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Dialog, openDialog } from "../parts/dialog.js";
import { attempt } from "../parts/toast.js";
import { status } from "../store.js";

const states = {
  reached: "console.reach.reached", mapped: "console.reach.mapped", partly: "console.reach.partly",
  direct: "console.reach.direct", shared: "console.reach.shared", closed: "console.reach.closed",
  refused: "console.reach.refused", asking: "console.reach.asking", off: "console.reach.off",
};

/** @param {Status} known the daemon's status @returns {string} */
export function reachOf(known) {
  const state = known.reachability?.internet?.state;
  return t(states[state] ?? states.asking);
}

/** @param {Status} known */
export const isReachable = (known) => ["reached", "mapped", "direct"].includes(known.reachability?.internet?.state);

/** @returns {boolean} whether a person has to do something about it */
export const needsHelp = (known) => ["closed", "shared", "partly", "refused"].includes(known.reachability?.internet?.state);

const askRouter = () => attempt(() => ask("POST", "/reachability/ask"));

/** Where it could help, has the router asked; what comes of it arrives by itself. */
export const AskRouter = () => status.value.reachability?.internet?.can_ask && html`<span class="ask-router">
  <button type="button" onClick=${askRouter}>${t("console.reach.ask")}</button> <span class="muted">${t("console.reach.ask.what")}</span></span>`;

function Reach() {
  const { reachability = {}, public: door, port } = status.value;
  return html`<${Dialog} title=${t("console.first.reach")}>
    <p>${reachOf(status.value)} ${needsHelp(status.value) && t("console.reach.still")}</p>
    <${AskRouter} />
    <dl class="facts">
      <dt>${t("console.reach.network")}</dt><dd>${reachability.lan?.sentence}</dd>
      <dt>${t("console.reach.internet")}</dt><dd>${reachability.internet?.sentence}</dd>
      <dt>${t("console.reach.addresses")}</dt><dd>${(reachability.addresses ?? []).map((item) => html`<span class="address">${
        item.address ?? String(item)}</span> `)}</dd>
      <dt>${t("console.reach.ports")}</dt><dd>${String(door ?? "")} · ${String(port ?? "")}</dd>
    </dl><//>`;
}

export const openReach = () => openDialog(() => html`<${Reach} />`);
