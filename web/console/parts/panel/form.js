// A form of a plugin: what is written into it goes to the plugin, which says whether it will do.
import { useState } from "preact/hooks";
import { ask } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { toast } from "../toast.js";

function Control({ field, id, describedBy }) {
  const { kind, value, name } = field;
  const common = { id, name, "aria-describedby": describedBy, "aria-invalid": describedBy ? "true" : undefined };
  if (kind === "choice") {
    return html`<select ...${common}>${(field.choices ?? []).map((choice) => html`<option value=${choice}
      selected=${choice === value}>${shown(choice)}</option>`)}</select>`;
  }
  if (kind === "secret") {
    return html`<input ...${common} type="password" autocomplete="off" placeholder=${field.is_set ? t("console.panel.kept") : ""} />`;
  }
  return kind === "number" ? html`<input ...${common} type="number" step="any" defaultValue=${value ?? ""} />`
    : html`<input ...${common} type="text" spellcheck=${false} defaultValue=${value ?? ""} />`;
}

function Field({ field, id, trouble }) {
  const troubleId = `${id}-trouble`;
  const label = shown(field.label);
  return html`<div class="field">${field.kind === "switch"
    ? html`<label class="switch"><input id=${id} name=${field.name} type="checkbox" defaultChecked=${field.value === true} />${label}</label>`
    : html`<label for=${id}>${label}</label><${Control} field=${field} id=${id} describedBy=${trouble ? troubleId : undefined} />`}
    ${trouble && html`<p class="trouble" id=${troubleId}>${trouble}</p>`}</div>`;
}

// What was left empty is left out: a number that there is none of, a secret that stays as it is.
function valuesOf(form, fields) {
  const values = {};
  for (const { name, kind } of fields) {
    const control = form.elements.namedItem(name);
    if (kind === "switch") values[name] = control.checked;
    else if (kind === "number" && control.value !== "") values[name] = Number(control.value);
    else if (kind !== "number" && (kind !== "secret" || control.value !== "")) values[name] = control.value;
  }
  return values;
}

/** @param {{found: PanelData, url: string, load: () => Promise<void>}} props */
export function Form({ found, url, load }) {
  const [trouble, setTrouble] = useState(/** @type {{field?: string, text: string}|null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const fields = found.fields ?? [];
  const save = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      const answer = await ask("POST", url, { body: { values: valuesOf(form, fields) } });
      setTrouble(null);
      toast(answer?.message ? shown(answer.message) : t("console.saved"));
      for (const { name, kind } of fields) if (kind === "secret") form.elements.namedItem(name).value = "";
      await load();
    } catch (error) {
      const field = fields.find(({ name }) => error.document?.member === `body.values.${name}`);
      setTrouble({ field: field?.name, text: error.status === 0 ? t("console.trouble.nobody") : shown(error.message) });
    }
    setBusy(false);
  };
  const base = url.replace(/\W+/g, "-");
  return html`<form class="panel-form" onSubmit=${save} key=${JSON.stringify(fields)}>
    ${fields.map((field) => html`<${Field} key=${field.name} field=${field} id=${`${base}-${field.name}`}
      trouble=${trouble?.field === field.name ? trouble.text : ""} />`)}
    ${trouble && !trouble.field && html`<p class="trouble" role="alert">${trouble.text}</p>`}
    <div class="buttons"><button class="primary" disabled=${isBusy}>${found.button ? shown(found.button) : t("console.save")}</button></div></form>`;
}
