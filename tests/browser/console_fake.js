// A daemon that is none: answers the console as the API would, with as many shares as a test wants. For tests only.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { answersOf } from "./console_fake_answers.js";
import { makeWorld } from "./console_fake_world.js";

const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8",
  ".json": "application/json" };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; " +
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

function file(console, path, request, response) {
  const name = extname(path) ? path : "/index.html";
  const place = join(console, name);
  if (!existsSync(place)) {
    response.writeHead(404).end("not found\n");
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
    } else if (url.pathname === "/api/v1/events" && world.refusesStreams) {
      response.writeHead(503).end();
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
