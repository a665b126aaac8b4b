// Pages of others against the console of somebody who is logged in (security S02, S03): nothing changes, nothing is read.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { it } from "node:test";

/** Tries what a page can try, and says what came of it. Runs in the hostile page. */
async function attack(target) {
  const told = {};
  const json = JSON.stringify({ name: "planted", scopes: ["admin"] });
  const asking = {
    read: () => fetch(`${target}/api/v1/shares`, { credentials: "include" }),
    blind: () => fetch(`${target}/api/v1/tokens`, { method: "POST", mode: "no-cors", credentials: "include", body: json,
      headers: { "content-type": "text/plain" } }),
    preflight: () => fetch(`${target}/api/v1/tokens`, { method: "POST", credentials: "include", body: json,
      headers: { "content-type": "application/json", "x-btshare": "1" } }),
    remove: () => fetch(`${target}/api/v1/session`, { method: "DELETE", credentials: "include", headers: { "x-btshare": "1" } }),
    quit: () => fetch(`${target}/api/v1/quit`, { method: "POST", mode: "no-cors", credentials: "include" }),
    beacon: async () => navigator.sendBeacon(`${target}/api/v1/reload`, json),
    login: () => fetch(`${target}/api/v1/session`, { method: "POST", mode: "no-cors", credentials: "include", body: '{"key":"x"}' }),
  };
  for (const [name, ask] of Object.entries(asking)) {
    try {
      const answer = await ask();
      told[name] = answer === true ? "sent" : `${answer.type} ${answer.status} ${await answer.text()}`;
    } catch {
      told[name] = "failed";
    }
  }
  const outcome = (element, address) => new Promise((resolve) => {
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("failed");
    element.src = address;
    document.body.append(element);
  });
  told.image = await outcome(document.createElement("img"), `${target}/icons.svg`);
  told.qr = await outcome(document.createElement("img"), `${target}/api/v1/shares/x/qr.svg`);
  told.script = await outcome(document.createElement("script"), `${target}/app.js`);
  const frame = document.createElement("iframe");
  await outcome(frame, `${target}/`);
  try {
    told.frame = frame.contentDocument === null ? "closed" : frame.contentDocument.body.textContent;
  } catch {
    told.frame = "closed";
  }
  told.framed = frame.contentWindow.length; // what is refused has no frames of its own either
  told.stream = await new Promise((resolve) => {
    const stream = new EventSource(`${target}/api/v1/events`, { withCredentials: true });
    stream.onopen = () => resolve("opened");
    stream.onerror = () => resolve("failed");
  });
  told.socket = await new Promise((resolve) => {
    const socket = new WebSocket(`${target.replace("http", "ws")}/api/v1/events`);
    socket.onopen = () => resolve("opened");
    socket.onerror = () => resolve("failed");
  });
  const opened = window.open(`${target}/shares`, "victim");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  try {
    told.window = opened === null || opened.closed ? "cut off" : String(opened.document.title);
  } catch {
    told.window = "cut off";
  }
  return told;
}

/** Sends a form, as a click could make it. Runs in the hostile page. */
function submit([target, type]) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: `${target}/api/v1/tokens`, enctype: type, target: "_blank" });
  const field = document.createElement("input");
  Object.assign(field, { name: '{"name":"planted","scopes":["admin"],"x":"', value: '"}' });
  form.append(field);
  document.body.append(form);
  form.submit();
}

async function servePage() {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" })
    .end("<!doctype html><title>Free films</title><body>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

export function hostile(world) {
  it("is left alone by a page of another site, and by one of another port of this machine", () => world.at("/", async (page, person) => {
    const server = await servePage();
    const target = world.paul.console;
    const api = async (path) => (await page.request.get(`${target}/api/v1${path}`)).json();
    try {
      const before = JSON.stringify([await api("/tokens"), await api("/settings"), (await api("/shares")).total]);
      // The same site to a browser, as any program on this machine is, and another.
      for (const host of ["127.0.0.1", "localhost"]) {
        const other = await person.context.newPage(); // its complaints are nobody's
        const popups = [];
        other.on("popup", (popup) => popups.push(popup));
        await other.goto(`http://${host}:${server.address().port}/`);
        const told = await other.evaluate(attack, target);
        const readable = Object.entries(told).filter(([name, text]) => !["beacon", "framed"].includes(name) &&
          !/^(failed|closed|cut off|opaque 0 )$/.test(text));
        assert.deepEqual(readable, [], JSON.stringify(told));
        assert.equal(told.framed, 0);
        for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
          const coming = other.waitForEvent("popup");
          await other.evaluate(submit, [target, type]);
          const popup = await coming;
          await popup.waitForLoadState();
          // Where the cookie came along, it is the page that is refused; where it did not, whoever has none.
          const refusal = host === "127.0.0.1" ? /not asked by the console's own page/ : /log in first/;
          assert.match(await popup.locator("body").textContent(), refusal);
        }
        await other.close();
        for (const popup of popups) if (!popup.isClosed()) await popup.close();
      }
      assert.equal(JSON.stringify([await api("/tokens"), await api("/settings"), (await api("/shares")).total]), before);
      assert.equal((await api("/session")).authenticated, true, "the owner was logged out");
      await page.reload();
      await page.locator(".row").first().waitFor();
    } finally {
      server.close();
    }
  }));
}
