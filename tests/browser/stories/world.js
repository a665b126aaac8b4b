// The places of the stories: Paul, who shares a folder with everything in it, and Marie, who allows nothing to be put
// into hers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSharing } from "../daemon.js";
import { meet, play } from "../person.js";
import { startBrowser } from "../support.js";

const run = promisify(execFile);

const plugin = `-- Counts what became ready.
local plugin = ...
local ready = 0
plugin:on("share-ready", function(event)
  ready = ready + 1
  plugin:log("info", "%s is ready", event.share.name)
end)
plugin:panel { id = "count", slot = "activity.card", title = "Ready since the start", kind = "stats",
  data = function() return { { label = "Shares", value = ready } } end }
`;

const notes = `-- Notes that the owner writes down.
local plugin = ...
local notes = {}
plugin:panel { slot = "shares.card", title = "Notes", kind = "table",
  data = function() return { columns = { "Note", "Mark" }, rows = notes } end,
  actions = { clear = { title = "Forget them", confirm = "All notes are forgotten.", fn = function()
    notes = {}
    return "No notes any more"
  end } } }
plugin:panel { slot = "nav", title = "Write a note", kind = "form",
  data = function() return { fields = {
    { name = "text", label = "What to note", kind = "text", value = "" },
    { name = "mark", label = "Mark", kind = "choice", choices = { "low", "high" }, value = "low" },
  } } end,
  submit = function(values)
    if values.text == "" then return nil, "a note needs words", "invalid" end
    notes[#notes + 1] = { values.text, values.mark }
    return "Noted"
  end }
plugin:panel { slot = "share.detail", title = "Of this one", kind = "stats",
  data = function(context) return { { label = "Beside", value = context.share } } end }
`;

async function fillPaul(share) {
  const folder = join(share, "Vacances 2024");
  await mkdir(join(folder, "Bretagne"), { recursive: true });
  for (const [index, size] of [421833, 397011, 512045].entries()) {
    await writeFile(join(folder, "Bretagne", `IMG_20240${index + 3}.jpg`), "picture");
    await truncate(join(folder, "Bretagne", `IMG_20240${index + 3}.jpg`), size);
  }
  await writeFile(join(share, "Concert de Noël.mp4"), randomBytes(6e6));
  await writeFile(join(share, "Projet.pdf"), "%PDF".repeat(80000));
  await writeFile(join(share, "Thèse.odt"), randomBytes(90000));
  await writeFile(join(share, "Liste.txt"), "pain\nlait\n");
}

async function fillMarie(share) {
  await writeFile(join(share, "Film de Marie.mkv"), randomBytes(3e6));
  await writeFile(join(share, "Chanson.ogg"), randomBytes(4e5));
  await writeFile(join(share, "Recueil.epub"), randomBytes(3e5));
}

const careless = `-- Stumbles over stones.
local plugin = ...
plugin:log("info", "looks at what becomes ready")
plugin:on("share-ready", function(event)
  if event.share.name:find "^Caillou" then plugin:log("info", "%s", event.nothing.name) end
end)
`;

async function addPlugins(share) {
  const plugins = join(share, "..", ".config", "btshare", "plugins");
  await mkdir(plugins, { recursive: true });
  await writeFile(join(plugins, "count.lua"), plugin);
  await writeFile(join(plugins, "notes.lua"), notes);
  await writeFile(join(plugins, "careless.lua"), careless);
}

/**
 * @param {{paul?: (share: string) => Promise<void>, marie?: (share: string) => Promise<void>, plugins?: string, config?: string}} [how]
 *   paul, marie: put other files into their folders; plugins, config: more lines of his and of her config.lua
 * @returns what all stories share; `start` before and `close` after them
 */
export function makeWorld({ paul = fillPaul, marie = fillMarie, plugins = 'plugin "expiry" {}\nplugin "notes" {}\nplugin "careless" {}', config = "" } = {}) {
  const world = {
    async start() {
      world.browser = await startBrowser();
      [world.paul, world.marie] = await Promise.all([
        startSharing(async (share) => {
          await paul(share);
          await addPlugins(share);
        }, `name = "Paul"\nuploads = "~/Public"\nplugin "count" {}\n${plugins}\n`),
        startSharing(marie, `name = "Marie"\n${config}`),
      ]);
      for (const place of [world.paul, world.marie]) {
        for (const name of await readdir(place.share)) await place.wait("share-ready", name);
      }
    },
    async close() {
      await world.browser?.close();
      await Promise.all([world.paul?.close(), world.marie?.close()]);
    },

    /** An address that logs in once, as `btshare open` makes it. */
    async keyUrl(daemon = world.paul) {
      const { stdout } = await run(process.env.BTSHARE, ["open", "--print", "--state", join(daemon.folder, "state")]);
      return stdout.trim();
    },

    /**
     * Somebody who is logged in plays a story that begins at `path`.
     * @param {string} path
     * @param {(page: import("playwright-core").Page, person: Awaited<ReturnType<typeof meet>>) => Promise<void>} story
     * @param {Parameters<typeof meet>[2] & {at?: typeof world.paul}} [how]
     */
    async at(path, story, how = {}) {
      const daemon = how.at ?? world.paul;
      await play(world.browser, daemon.console, how, async (person) => {
        const page = await person.open(await world.keyUrl(daemon));
        await page.locator(".row").first().waitFor();
        if (path !== "/") await page.goto(daemon.console + path);
        await story(page, person);
      });
    },

    /** The id of a share, and its present state, as the API has it. */
    async share(page, name) {
      const answer = await page.request.get(`${world.paul.console}/api/v1/shares?view=full`);
      return (await answer.json()).shares.find((share) => share.name === name);
    },

    /** Ends a share, so that nothing of it is left for the next story. */
    async endShare(page, name) {
      const { id } = await world.share(page, name);
      const status = await page.evaluate(async (path) => (await fetch(path, { method: "DELETE", headers: { "x-btshare": "1" } })).status,
        `/api/v1/shares/${id}`);
      assert.equal(status, 204);
    },
  };
  return world;
}

/** The row of a share in the list. */
export const rowOf = (page, name) => page.locator(".row", { has: page.locator(`[title="${name}"]`) });
