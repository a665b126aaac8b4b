// Who may come in: by the one-time key of the printed address, or by the password.
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { ask, loadSession, session } from "../api.js";
import { t } from "../i18n.js";
import { html } from "../html.js";

const keyTrouble = signal("");

/** Exchanges the key in the address for a cookie, and takes it out of the address at once. */
export async function takeKey() {
  const key = new URLSearchParams(location.hash.slice(1)).get("k");
  if (!key) return;
  history.replaceState(null, "", location.pathname);
  try {
    const { authenticated, wants } = await ask("GET", "/session");
    if (!authenticated) await ask("POST", wants === "setup" ? "/setup" : "/session", { body: { key } });
  } catch (error) {
    keyTrouble.value = error.status === 410 ? "console.login.used" : "console.login.wrong.key";
  }
}

function troubleOf(error) {
  if (error.status === 429) return t("console.login.wait", { n: error.document.wait ?? 30 });
  if (error.status === 0) return t("console.trouble.nobody");
  return t("console.login.wrong");
}

function Password() {
  const field = useRef(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => field.current.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    try {
      await ask("POST", "/session", { body: { password: field.current.value } });
      await loadSession();
    } catch (error) {
      setTrouble(troubleOf(error));
      field.current.select();
    }
  };
  return html`<form onSubmit=${submit}>
    <input type="text" name="username" autocomplete="username" value=${session.value.name ?? "BTshare"} hidden readonly />
    <label class="field"><span>${t("console.password")}</span>
      <input ref=${field} type="password" name="password" autocomplete="current-password" required
        aria-describedby="login-trouble" /></label>
    <p id="login-trouble" class="trouble" role="alert">${trouble}</p>
    <button class="primary wide" type="submit">${t("console.login")}</button>
  </form>`;
}

export function Login() {
  const { wants, has_password: hasPassword } = session.value;
  return html`<main class="login"><div class="card">
    <svg class="mark" aria-hidden="true"><use href="/icons.svg#mark" /></svg>
    <h1>${session.value.name ? t("console.login.of", { name: session.value.name }) : "BTshare"}</h1>
    ${keyTrouble.value && html`<p class="trouble" role="alert">${t(keyTrouble.value)}</p>`}
    ${wants === "password" || hasPassword ? html`<${Password} />` : html`<p>${t("console.login.key")}</p>`}
    <p class="muted">${t("console.login.open")} <code>btshare open</code></p>
  </div></main>`;
}
