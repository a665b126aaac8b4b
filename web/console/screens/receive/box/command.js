// The command that makes the same drop box as the form.

/** What the daemon takes where nothing else is said. */
export const usual = { files: 100, bytes: 10e9, file_bytes: 4e9 };
const usualSeconds = 604800;

/** @param {number} bytes @returns {string} "4G", as config.lua and the command line write sizes */
function sizeWord(bytes) {
  const [unit, letter] = [[1e9, "G"], [1e6, "M"], [1, ""]].find(([of]) => bytes % Number(of) === 0);
  return `${bytes / Number(unit)}${letter}`;
}

// For a POSIX shell; what begins like an option of its own is none.
const quoted = (name, text) => `--${name}${text.startsWith("-") ? "=" : " "}'${text.replaceAll("'", String.raw`'\''`)}'`;

/** @param {{title: string, note: string, for?: number, files: number, bytes: number, file_bytes: number}} wanted */
export function commandOf({ title, note, for: seconds = usualSeconds, files, bytes, file_bytes: each }) {
  const alone = Math.max(usual.bytes, each); // the room that the command leaves by itself
  return ["btshare drop", title && quoted("title", title), note && quoted("note", note),
    seconds !== usualSeconds && `--for ${seconds ? `${seconds / 86400}d` : "never"}`,
    each !== usual.file_bytes && `--max-file ${sizeWord(each)}`, files !== usual.files && `--max-files ${files}`,
    bytes !== alone && `--max-all ${sizeWord(bytes)}`].filter(Boolean).join(" ");
}
