// A daemon that is none: answers the console as the API would, with as many shares as a test wants. For tests only.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { answersOf } from "./console_fake_answers.js";
import { makeWorld } from "./console_fake_world.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; " +
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

// The catalogue is Lua's: asked of Lua.
const dump = `
  package.path = arg[1] .. "/lua/?.lua;" .. package.path
  local function quote(text) return '"' .. text:gsub('[%c"\\\\]', function(c) return ("\\\\u%04x"):format(c:byte()) end) .. '"' end
  local parts = {}
  for key, text in pairs(require("btshare.i18n." .. arg[2]).texts) do
    parts[#parts + 1] = quote(key) .. ":" .. (type(text) == "string" and quote(text)
      or ('{"one":%s,"other":%s}'):format(quote(text.one), quote(text.other)))
  end
  print('{"language":"' .. arg[2] .. '","texts":{' .. table.concat(parts, ",") .. "}}")`;
const textsOf = (language) => execFileSync("lua5.4", ["-", root, language], { input: dump, maxBuffer: 1 << 24 });

function file(console, path, request, response) {
  const name = extname(path) ? path : "/index.html";
  const place = join(console, name);
  if (!existsSync(place)) {
    response.writeHead(404).end();
    return;
  }
  const packed = existsSync(`${place}.gz`) && /gzip/.test(request.headers["accept-encoding"] ?? "");
  response.writeHead(200, { "content-type": types[extname(name)], ...(packed ? { "content-encoding": "gzip" } : {}),
    "cache-control": "no-cache" });
  response.end(readFileSync(packed ? `${place}.gz` : place));
}

/**
 * @param {{shares?: number, authenticated?: boolean, console?: string}} how console: the built files
 */
export async function startFake(how = {}) {
  const world = makeWorld(how);
  const console = how.console ?? process.env.CONSOLE;
  const texts = { en: textsOf("en"), fr: textsOf("fr") };
  const streams = new Set();

  const write = (response, name, data) =>
    response.write(`event: ${name}\nid: ${data.number}\ndata: ${JSON.stringify(data)}\n\n`);
  const tell = (delta) => {
    world.number += 1;
    const data = { number: world.number, ...delta };
    for (const stream of streams) write(stream, "delta", data);
  };
  const answer = answersOf(world, tell);

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://fake");
    response.setHeader("content-security-policy", policy);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (world.isGone) {
      response.destroy();
    } else if (url.pathname.startsWith("/i18n/")) {
      response.writeHead(200, { "content-type": "application/json" }).end(texts[url.pathname.slice(6, 8)]);
    } else if (url.pathname === "/api/v1/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      write(response, "snapshot", world.snapshot());
      streams.add(response);
      response.on("close", () => streams.delete(response));
    } else if (url.pathname.startsWith("/api/")) {
      answer(request, url, Buffer.concat(chunks), response);
    } else {
      file(console, url.pathname, request, response);
    }
  });
  await new Promise((resolve) => server.listen(how.port ?? 0, "127.0.0.1", resolve));

  return {
    address: `http://127.0.0.1:${server.address().port}`,
    world, tell, streams,
    /** Ends all streams and answers nothing, until it is set back. */
    lose(isGone) {
      world.isGone = isGone;
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
    },
    async close() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
