// The files of a share as a tree: a folder is asked for when it is opened. Each file has a link of its own.
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
const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);

const File = ({ file }) => html`<li class="file"><${Name} text=${nameOf(file.path)} /><span class="muted">${file.downloads > 0 && html`<span class="often">${
    t("console.link.downloads", { n: file.downloads })} · </span>`}${size(file.size)}</span>
  ${file.preview ? html`<a class="button plain" href=${file.preview} target="_blank" rel="noreferrer"
    aria-label=${`${t("console.file.preview")}: ${shown(file.path)}`}>${t("console.file.preview")}</a>` : html`<span></span>`}
  ${file.link ? html`<button class="plain" aria-label=${`${t("console.copy")}: ${shown(file.path)}`} onClick=${() => copy(file.link)}>
    <${Icon} name="copy" />${t("console.copy.short")}</button>` : html`<span></span>`}</li>`;

function Folder({ share, folder }) {
  const [isOpen, setOpen] = useState(false);
  return html`<li class="folder"><details open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><${Icon} name="folder" /><${Name} text=${nameOf(folder.path)} /><span class="muted">${
      t("console.files", { n: folder.files })} · ${size(folder.size)}</span></summary>
    ${isOpen && html`<${Level} share=${share} under=${folder.path} />`}</details></li>`;
}

/** What stands in one folder. @param {{share: Share, under: string}} props */
function Level({ share, under }) {
  const [found, setFound] = useState({ folders: [], files: [], total: 0 });
  const load = (offset) => attempt(async () => {
    const more = await ask("GET", `${shareUrl(share.id)}/files?under=${encodeURIComponent(under)}${query({ limit: page, offset }).replace("?", "&")}`);
    setFound((old) => (offset === 0 ? more
      : { total: more.total, folders: [...old.folders, ...more.folders], files: [...old.files, ...more.files] }));
  });
  useEffect(() => {
    load(0);
  }, [share.id, share.changed, share.downloads, under]);
  const told = found.folders.length + found.files.length;
  return html`<ul class="tree">${found.folders.map((folder) => html`<${Folder} key=${folder.path} share=${share} folder=${folder} />`)}
    ${found.files.map((file) => html`<${File} key=${file.number} file=${file} />`)}</ul>
    ${told < found.total && told > 0 && html`<button onClick=${() => load(told)}>${t("console.list.more", { n: found.total - told })}</button>`}`;
}

/** @param {{share: Share}} props */
export function Files({ share }) {
  const [isOpen, setOpen] = useState(false);
  return html`<details open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>${t("console.detail.files")} <span class="muted">${t("console.files", { n: share.files ?? 0 })}</span></summary>
    ${isOpen && html`<${Level} share=${share} under="" />`}</details>`;
}
