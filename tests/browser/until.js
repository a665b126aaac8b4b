// How long tests wait for what must come: long enough for a slow machine with much else to do. It costs nothing where all is well.
import assert from "node:assert/strict";

/** milliseconds */
export const patience = 60000;

/** Waits until something holds. (Playwright's own wait would evaluate text in the page, which the page forbids.) */
export async function until(holds, told = () => `it never became true: ${holds}`) {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, told());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
