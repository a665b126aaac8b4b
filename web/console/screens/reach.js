// Whether others can reach us, in a sentence, and all that is known about it.
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Dialog, openDialog } from "../parts/dialog.js";
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

function Reach() {
  const { reachability = {}, public: door, port } = status.value;
  return html`<${Dialog} title=${t("console.first.reach")}>
    <p>${reachOf(status.value)} ${needsHelp(status.value) && t("console.reach.still")}</p>
    <dl class="facts">
      <dt>${t("console.reach.network")}</dt><dd>${reachability.lan?.sentence}</dd>
      <dt>${t("console.reach.internet")}</dt><dd>${reachability.internet?.sentence}</dd>
      <dt>${t("console.reach.addresses")}</dt><dd>${(reachability.addresses ?? []).map((item) => html`<span class="address">${
        item.address ?? String(item)}</span> `)}</dd>
      <dt>${t("console.reach.ports")}</dt><dd>${String(door ?? "")} · ${String(port ?? "")}</dd>
    </dl><//>`;
}

export const openReach = () => openDialog(() => html`<${Reach} />`);
