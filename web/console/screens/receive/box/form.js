// A new drop box, or other words and limits for one that is there.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../../api.js";
import { shown } from "../../../foreign.js";
import { roundSize, t } from "../../../i18n.js";
import { html } from "../../../html.js";
import { copy } from "../../../parts/copy.js";
import { closeDialog, Dialog, openDialog } from "../../../parts/dialog.js";
import { Icon } from "../../../parts/icon.js";
import { toast } from "../../../parts/toast.js";
import { go } from "../../../router.js";
import { putBox } from "../../../store.js";
import { endOf } from "../../../words.js";
import { commandOf, usual } from "./command.js";

/** @type {[number, string][]} */
const spans = [[86400, "console.time.day"], [604800, "console.time.week"], [2592000, "console.time.month"],
  [0, "console.box.time.never"]];
const choices = { bytes: [1e9, 10e9, 50e9, 200e9], file_bytes: [100e6, 1e9, 4e9, 20e9] };

const withOwn = (list, own) => (list.includes(own) ? list : [...list, own].sort((a, b) => a - b));

function Size({ name, text, value, field }) {
  return html`<label class="field"><span>${text}</span><select ref=${field}>${
    withOwn(choices[name], value).map((bytes) => html`<option value=${bytes} selected=${bytes === value}>${roundSize(bytes)}</option>`)}</select></label>`;
}

function Span({ box, field }) {
  return html`<label class="field"><span>${t("console.box.time")}</span><select ref=${field}>
    ${box?.expires && html`<option value="as-is" selected>${t("console.option.until", { moment: endOf(box.expires) })}</option>`}
    ${spans.map(([seconds, text]) => html`<option value=${seconds}
      selected=${box ? !box.expires && seconds === 0 : seconds === 604800}>${t(text)}</option>`)}</select></label>`;
}

// A new one is told how long it lasts, one that is there when it ends.
function timeOf(value, isNew) {
  if (value === "as-is") return {};
  const seconds = Number(value);
  if (isNew) return { for: seconds };
  return { expires: seconds ? Math.floor(Date.now() / 1000) + seconds : null };
}

// The same from a terminal, as long as somebody looks.
function Command({ read, field }) {
  const [command, setCommand] = useState("");
  useEffect(() => {
    const { form } = field.current;
    const follow = () => setCommand((old) => old && commandOf(read()));
    form.addEventListener("input", follow);
    return () => form.removeEventListener("input", follow);
  }, []);
  return html`<details onToggle=${(event) => setCommand(event.currentTarget.open ? commandOf(read()) : "")}>
    <summary>${t("console.command")}</summary><pre tabindex="0">${command}</pre>
    <button type="button" onClick=${() => copy(command)}><${Icon} name="copy" />${t("console.copy.short")}</button></details>`;
}

function Form({ box }) {
  const fields = { title: useRef(null), note: useRef(null), time: useRef(null), files: useRef(null), bytes: useRef(null), file_bytes: useRef(null) };
  const [trouble, setTrouble] = useState("");
  const limits = box?.limits ?? usual;
  const read = () => ({ title: fields.title.current.value.trim(), note: fields.note.current.value.trim(),
    ...timeOf(fields.time.current.value, !box), files: Number(fields.files.current.value),
    bytes: Number(fields.bytes.current.value), file_bytes: Number(fields.file_bytes.current.value) });
  const save = async () => {
    const body = read();
    try {
      const made = box ? await ask("PATCH", `/boxes/${encodeURIComponent(box.id)}`, { body })
        : await ask("POST", "/boxes", { once: true, body });
      putBox(made);
      closeDialog();
      if (box) {
        toast(t("console.saved"));
        return;
      }
      go("/receive");
      if (made.link) copy(made.link, t("console.box.made", { name: shown(made.title || t("console.box.unnamed")) }));
    } catch (error) {
      setTrouble(error.status === 0 ? t("console.trouble.nobody") : error.message);
    }
  };
  return html`<${Dialog} title=${t(box ? "console.box.change" : "console.box.new")} onSubmit=${save} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary">${t(box ? "console.save" : "console.box.make")}</button>`}>
    <label class="field"><span>${t("console.box.title")}</span><input ref=${fields.title} type="text" maxlength="100" data-focus
      autocomplete="off" defaultValue=${box?.title ?? ""} placeholder=${t("console.box.title.example")} /></label>
    <${Span} box=${box} field=${fields.time} />
    <label class="field"><span>${t("console.box.note")}</span><textarea ref=${fields.note} rows="2" maxlength="500"
      defaultValue=${box?.note ?? ""} /></label>
    <details><summary>${t("console.box.limits.title")}</summary><div class="options">
      <${Size} name="file_bytes" text=${t("console.box.limits.each")} value=${limits.file_bytes} field=${fields.file_bytes} />
      <label class="field"><span>${t("console.box.limits.files")}</span><input ref=${fields.files} type="number" min="1" max="10000" required
        inputmode="numeric" defaultValue=${limits.files} /></label>
      <${Size} name="bytes" text=${t("console.box.limits.all")} value=${limits.bytes} field=${fields.bytes} /></div></details>
    ${!box && html`<${Command} read=${read} field=${fields.title} />`}
    <p class="trouble" role="alert">${shown(trouble)}</p><//>`;
}

/** @param {Box} [box] */
export const openForm = (box) => openDialog(() => html`<${Form} box=${box} />`);
