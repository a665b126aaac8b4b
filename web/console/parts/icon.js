// An icon of the sprite. It never stands alone: words are beside it, or name its button.
import { html } from "../html.js";

/** @param {{name: string}} props */
export const Icon = ({ name }) => html`<svg class="icon" aria-hidden="true"><use href=${`/icons.svg#${name}`} /></svg>`;

/** @type {[RegExp, string][]} */
const kinds = [
  [/\.(jpe?g|png|gif|webp|heic|svg|tiff?|raw)$/i, "image"], [/\.(mp4|mkv|mov|avi|webm)$/i, "film"],
  [/\.(mp3|flac|ogg|opus|wav|m4a)$/i, "music"], [/\.(zip|tar|gz|xz|zst|7z|rar|iso)$/i, "box"],
  [/\.(pdf|txt|md|docx?|odt|epub)$/i, "text"],
];

/** @param {{name: string, kind?: string}} item @returns {string} which icon tells what it is */
export const kindIcon = (item) =>
  item.kind === "folder" ? "folder" : kinds.find(([form]) => form.test(item.name))?.[1] ?? "file";
