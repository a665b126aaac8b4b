// Who may come in: a password from its first day to its last, and a token for a program.
import assert from "node:assert/strict";
import { it } from "node:test";
import { play } from "../person.js";
import { until } from "../until.js";

const first = "pomme poire prune";
const second = "fraise framboise";

export function access(world) {
  /** Somebody else comes to the console, without an address that lets in. */
  const come = (story) => play(world.browser, world.paul.console, {}, async (person) => {
    const page = await person.open("/");
    await page.locator(".login").waitFor();
    await story(page, person);
  });

  async function logIn(page, password) {
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
  }

  async function set(page, password, current) {
    await page.getByRole("button", { name: current ? "Change" : "Set a password" }).click();
    if (current) await page.getByLabel("Present password").fill(current);
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Save" }).click();
  }

  it("sets a password, by which another browser comes in; changes it, which shows that one out; removes it", () =>
    world.at("/settings", async (page, person) => {
      await page.getByRole("button", { name: "Set a password" }).click();
      assert.equal(await page.getByLabel("Present password").count(), 0);
      await person.look(page);
      await page.keyboard.press("Escape");
      await set(page, first);
      await page.locator(".toast", { hasText: "The password is set" }).waitFor();
      await page.getByText("Other browsers can log in with it.").waitFor();

      await come(async (other, guest) => {
        guest.expect(/401|ERR_INCOMPLETE_CHUNKED_ENCODING/); // refused, and shown out of the stream
        await guest.look(other);
        await logIn(other, "pomme de terre");
        await other.getByText("This is not the password.").waitFor();
        await logIn(other, first);
        await other.locator(".row").first().waitFor();
        // Whoever finds an open console changes nothing without the password.
        person.expect(/40[13]|422/);
        await set(page, second, "pomme de terre");
        await page.locator("dialog .trouble", { hasText: /./ }).waitFor();
        await page.keyboard.press("Escape");
        assert.equal((await other.request.get(`${world.paul.console}/api/v1/shares`)).status(), 200);
        await set(page, second, first);
        await page.locator("dialog").waitFor({ state: "detached" });
        assert.equal((await other.request.get(`${world.paul.console}/api/v1/shares`)).status(), 401);
        assert.equal((await page.request.get(`${world.paul.console}/api/v1/shares`)).status(), 200);
        await other.reload();
        await logIn(other, second);
        await other.locator(".row").first().waitFor();
      });

      await page.getByRole("button", { name: "Remove" }).click();
      await person.look(page);
      await page.getByLabel("Present password").fill(first);
      await page.locator("dialog .bad").click();
      await page.locator("dialog .trouble", { hasText: /./ }).waitFor();
      await page.getByLabel("Present password").fill(second);
      await page.locator("dialog .bad").click();
      await page.locator(".toast", { hasText: "There is no password any more" }).waitFor();
      await page.getByRole("button", { name: "Set a password" }).waitFor();
      await come(async (other) => assert.equal(await other.getByLabel("Password").count(), 0));
    }));

  it("makes a token for a program, sees it once, and revokes it", () => world.at("/settings", async (page, person) => {
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("For which program").fill("<b>cron</b>");
    await page.getByLabel("What it may do").selectOption("read");
    await page.getByLabel("For how long").selectOption("One week");
    await person.look(page);
    await page.getByRole("button", { name: "Make" }).click();
    await page.getByText("It is shown only now.").waitFor();
    const token = (await page.locator("dialog .address").textContent()).trim();
    await person.look(page);
    await page.locator("dialog").getByRole("button", { name: "Copy", exact: true }).click();
    await until(async () => (await person.pasted(page)) === token);
    await page.keyboard.press("Escape");

    const api = (path, method = "GET") => fetch(`${world.paul.console}/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${token}`, "x-btshare": "1" },
    });
    const listed = page.locator(".links li", { hasText: "<b>cron</b>" });
    await listed.getByText("never used").waitFor();
    assert.equal((await (await api("/shares")).json()).shares.length > 0, true);
    assert.equal((await api("/quit", "POST")).status, 403, "it may do more than it was made for");
    await page.reload();
    await listed.getByText("used").waitFor();
    assert.equal(await listed.getByText("never used").count(), 0);
    await listed.getByText("Until").waitFor();
    assert.equal((await page.content()).includes(token), false, "it is shown again");

    await page.getByRole("button", { name: "Revoke: <b>cron</b>" }).click();
    await page.locator("dialog .bad").click();
    await listed.waitFor({ state: "detached" });
    assert.equal((await api("/shares")).status, 401);
  }));
}
