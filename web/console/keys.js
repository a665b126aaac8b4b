// One-key commands. They can be switched off (WCAG 2.1.4), and never act while somebody writes.
import { preferences } from "./preferences.js";

/** @type {Map<string, (() => (() => void)|void)[]>} the last that was bound for a key comes first */
const bound = new Map();

/**
 * What the help lists, in order: keys, as they are or as the texts call them, and text.
 * @type {[string | string[], string][]}
 */
export const keyList = [
  ["/", "console.keys.search"], ["n", "console.keys.add"], [["j", "k"], "console.keys.move"],
  ["console.key.enter", "console.keys.open"], ["c", "console.keys.copy"], ["q", "console.keys.qr"],
  ["console.key.space", "console.keys.pause"], ["x", "console.keys.select"],
  [["console.key.control", "K"], "console.keys.palette"], ["?", "console.keys.help"],
  ["console.key.escape", "console.keys.close"],
];

/**
 * @param {Record<string, () => void>} actions by key
 * @returns {() => void} unbinds them
 */
export function bindKeys(actions) {
  for (const [key, action] of Object.entries(actions)) bound.set(key, [action, ...(bound.get(key) ?? [])]);
  return () => {
    for (const [key, action] of Object.entries(actions)) {
      bound.set(key, bound.get(key).filter((other) => other !== action));
    }
  };
}

const isWriting = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
const isPressing = (target) => target.closest?.("button, a, summary, input, select, [role=menuitem]");

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand ? event.key !== "k" : !preferences.peek().keys) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    if (!isCommand && event.key !== "Escape" && isWriting(event.target)) return;
    if ((event.key === "Enter" || event.key === " ") && isPressing(event.target)) return;
    const action = bound.get(isCommand ? "Ctrl k" : event.key)?.[0];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
