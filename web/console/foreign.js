// Strings that others chose (names of files and people, clients): shown as they are, but for what deceives the eye.

// Control characters, and those that turn the direction of writing or show nothing at all.
const unseen = /[\0-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** @param {unknown} text @returns {string} with \u{202E} in place of a character that would hide or turn it */
export function shown(text) {
  return String(text ?? "").replace(unseen, (character) =>
    `\\u{${character.codePointAt(0).toString(16).toUpperCase()}}`);
}

/** @param {string} name @returns {[string, string]} the part that may be cut, and the end, which never is */
export function inTwo(name) {
  const text = shown(name);
  if (text.length < 16 || rightToLeft.test(text)) return [text, ""];
  const dot = text.lastIndexOf(".");
  const ending = dot > 0 && text.length - dot <= 8 ? text.length - dot : 0;
  let cut = text.length - Math.max(ending + 4, 6);
  // Not in the middle of a pair.
  if (text.charCodeAt(cut) >= 0xdc00 && text.charCodeAt(cut) <= 0xdfff) cut -= 1;
  return [text.slice(0, cut), text.slice(cut)];
}
