// Who may come in: the password, tokens for programs, and the way out.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, loadSession, session } from "../../api.js";
import { shown } from "../../foreign.js";
import { ago, day, list, t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { closeDialog, confirm, Dialog, openDialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { attempt, toast } from "../../parts/toast.js";
import { endOf } from "../../words.js";

// The end of it: whoever sits down at an open console must know it.
function DropPassword() {
  const current = useRef(null);
  const [trouble, setTrouble] = useState("");
  const drop = async () => {
    try {
      await ask("PUT", "/password", { body: { password: null, current: current.current.value } });
      closeDialog();
      toast(t("console.password.dropped"));
      await loadSession();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<${Dialog} title=${t("console.password.drop.title")} kind="small" onSubmit=${drop} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="bad">${t("console.password.drop")}</button>`}>
    <input type="text" autocomplete="username" value=${session.value.name ?? "BTshare"} hidden readonly />
    <label class="field"><span>${t("console.password.current")}</span><input ref=${current} type="password" required data-focus
      autocomplete="current-password" /></label>
    <p class="trouble" role="alert">${trouble}</p><//>`;
}

function Password() {
  const has = session.value.has_password;
  const current = useRef(null);
  const next = useRef(null);
  const [trouble, setTrouble] = useState("");
  const save = async () => {
    try {
      await ask("PUT", "/password", { body: { password: next.current.value, ...(has ? { current: current.current.value } : {}) } });
      closeDialog();
      toast(t("console.password.saved"));
      await loadSession();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<${Dialog} title=${t("console.password")} kind="small" onSubmit=${save} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary">${t("console.save")}</button>`}>
    <input type="text" autocomplete="username" value=${session.value.name ?? "BTshare"} hidden readonly />
    ${has && html`<label class="field"><span>${t("console.password.current")}</span><input ref=${current} type="password" required data-focus
      autocomplete="current-password" /></label>`}
    <label class="field"><span>${t("console.password.new")}</span><input ref=${next} type="password" required minlength="10" data-focus=${!has || undefined}
      autocomplete="new-password" /></label>
    <p class="trouble" role="alert">${trouble}</p><//>`;
}

const scopes = { read: "console.scope.read", share: "console.scope.share", admin: "console.scope.admin" };

/** @type {[number, string][]} */
const spans = [[86400, "console.time.day"], [604800, "console.time.week"], [2592000, "console.time.month"]];

function NewToken({ done }) {
  const name = useRef(null);
  const scope = useRef(null);
  const time = useRef(null);
  const make = () => attempt(async () => {
    const wanted = { read: ["read"], share: ["read", "share"], admin: ["read", "share", "admin"] }[scope.current.value];
    const token = await ask("POST", "/tokens", { once: true, body: { name: name.current.value.trim(), scopes: wanted,
      ...(time.current.value && { for_seconds: Number(time.current.value) }) } });
    done();
    openDialog(() => html`<${Dialog} title=${t("console.token.made")} actions=${html`
      <button type="button" class="primary" data-focus onClick=${() => copy(token.secret)}><${Icon} name="copy" />${t("console.copy.short")}</button>`}>
      <p class="address">${token.secret}</p><p class="muted">${t("console.token.once")}</p><//>`);
  });
  return html`<${Dialog} title=${t("console.token.new")} kind="small" onSubmit=${make} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary">${t("console.token.make")}</button>`}>
    <label class="field"><span>${t("console.token.name")}</span><input ref=${name} type="text" required maxlength="100" data-focus autocomplete="off" /></label>
    <label class="field"><span>${t("console.token.scope")}</span><select ref=${scope}>${Object.entries(scopes).map(([value, text]) => html`
      <option value=${value}>${t(text)}</option>`)}</select></label>
    <label class="field"><span>${t("console.token.time")}</span><select ref=${time}><option value="">${t("console.time.never")}</option>${spans.map(([seconds, text]) => html`
      <option value=${seconds}>${t(text)}</option>`)}</select></label><//>`;
}

function Tokens() {
  const [tokens, setTokens] = useState([]);
  const load = () => ask("GET", "/tokens").then((found) => setTokens(found.tokens), () => {});
  useEffect(() => {
    load();
  }, []);
  const end = (token) => confirm({
    title: t("console.token.end.title", { name: shown(token.name) }), text: t("console.token.end.what"), yes: t("console.token.end"),
    act: () => attempt(async () => {
      await ask("DELETE", `/tokens/${encodeURIComponent(token.id)}`);
      load();
    }),
  });
  return html`<div class="setting"><div><span class="setting-label">${t("console.tokens")}</span><p>${t("console.tokens.what")}</p></div>
      <button onClick=${() => openDialog(() => html`<${NewToken} done=${load} />`)}><${Icon} name="add" />${t("console.token.new")}</button></div>
    ${tokens.length > 0 && html`<ul class="links">${tokens.map((token) => html`<li key=${token.id}>
      <span><bdi>${shown(token.name)}</bdi> <span class="muted">${list(token.scopes)} · ${token.used ? t("console.token.used", { when: ago(token.used) })
        : t("console.token.unused", { when: day(token.created) })}${
        token.expires && ` · ${t("console.option.until", { moment: endOf(token.expires) })}`}</span></span>
      <button class="plain" aria-label=${`${t("console.token.end")}: ${shown(token.name)}`} onClick=${() => end(token)}><${Icon} name="trash" />${
        t("console.token.end")}</button></li>`)}</ul>`}`;
}

const leave = () => attempt(async () => {
  await ask("DELETE", "/session");
  location.assign("/");
});

export function Access() {
  const has = session.value.has_password;
  return html`<section class="group" aria-labelledby="access-title"><h2 id="access-title">${t("console.access")}</h2><div>
    <div class="setting"><div><span class="setting-label">${t("console.password")}</span><p>${t(has ? "console.password.has" : "console.password.none")}</p></div>
      <div class="buttons"><button onClick=${() => openDialog(() => html`<${Password} />`)}><${Icon} name="key" />${
        t(has ? "console.password.change" : "console.password.set")}</button>
      ${has && html`<button class="plain" onClick=${() => openDialog(() => html`<${DropPassword} />`)}>${t("console.password.drop")}</button>`}</div></div>
    <${Tokens} />
    <div class="setting"><div><span class="setting-label">${t("console.https")}</span>
      <p>${t(location.protocol === "https:" ? "console.https.on" : "console.https.off")}</p></div></div>
    <div class="setting"><span class="setting-label">${t("console.logout.what")}</span><button onClick=${leave}>${t("console.logout")}</button></div>
  </div></section>`;
}
