// A field for text that is saved where it stands.
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * What somebody types stays while the page moves under it; what is saved takes its place when that is another.
 * @param {string|number} value what is saved
 * @returns {{current: any}} for the field's `ref`
 */
export function useSaved(value) {
  const field = useRef(null);
  useLayoutEffect(() => {
    field.current.value = value;
  }, [value]);
  return field;
}
