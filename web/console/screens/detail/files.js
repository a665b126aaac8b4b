// The files of a share, each with a link of its own.
import { useEffect, useState } from "preact/hooks";
import { ask, query, shareUrl } from "../../api.js";
import { shown } from "../../foreign.js";
import { size, t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { Icon } from "../../parts/icon.js";
import { Name } from "../../parts/name.js";
import { attempt } from "../../parts/toast.js";

const page = 100;

/** @param {{share: Share}} props */
export function Files({ share }) {
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState({ files: [], total: share.files ?? 0 });
  const load = (offset) => attempt(async () => {
    const more = await ask("GET", `${shareUrl(share.id)}/files${query({ limit: page, offset })}`);
    setFound((old) => ({ total: more.total, files: offset === 0 ? more.files : [...old.files, ...more.files] }));
  });
  useEffect(() => {
    if (isOpen) load(0);
  }, [isOpen, share.id, share.changed]);
  return html`<details open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>${t("console.detail.files")} <span class="muted">${t("console.files", { n: share.files ?? 0 })}</span></summary>
    <ul>${found.files.map((file) => html`<li class="file" key=${file.number}><${Name} text=${file.path} /><span class="muted">${size(file.size)}</span>
      ${file.link ? html`<button class="plain" aria-label=${`${t("console.copy")}: ${shown(file.path)}`} onClick=${() => copy(file.link)}>
        <${Icon} name="copy" />${t("console.copy.short")}</button>` : html`<span></span>`}</li>`)}</ul>
    ${found.files.length < found.total && found.files.length > 0 && html`<button onClick=${() => load(found.files.length)}>${
      t("console.list.more", { n: found.total - found.files.length })}</button>`}
  </details>`;
}
