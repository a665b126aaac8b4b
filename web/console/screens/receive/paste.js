// A magnet that is pasted anywhere but into a field is one to be added.

/** @param {(file: undefined, source: string) => void} add */
export function startPasting(add) {
  addEventListener("paste", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("input, textarea, select, dialog")) return;
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (!/^magnet:\?/i.test(text)) return;
    event.preventDefault();
    add(undefined, text);
  });
}
