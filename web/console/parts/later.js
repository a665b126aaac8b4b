// A screen whose code is fetched when it is first opened.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { t } from "../i18n.js";

/**
 * @param {() => Promise<object>} load the module
 * @param {string} name of the component in it
 */
export function later(load, name) {
  let known = null;
  return function Later(props) {
    const [component, setComponent] = useState(() => known);
    useEffect(() => {
      // It may have come by way of another place between the drawing of this one and now.
      if (known) setComponent(() => known);
      else load().then((module) => {
        known = module[name];
        setComponent(() => known);
      }, () => setComponent(() => Failed));
    }, []);
    return component ? html`<${component} ...${props} />` : html`<div class="loading" role="status" aria-label=${t("console.loading")}></div>`;
  };
}

const Failed = () => html`<div class="nothing"><p>${t("console.trouble.load")}</p>
  <button onClick=${() => location.reload()}>${t("console.retry")}</button></div>`;
