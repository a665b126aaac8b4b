// What a person does with the console, against the real daemon, real files and a real BitTorrent client: any complaint
// of the browser, and anything that axe-core finds in either colour scheme, fails the story. SCREENSHOTS=FOLDER keeps
// a picture of what failed.
import { after, before, describe } from "node:test";
import { access } from "./stories/access.js";
import { boxes } from "./stories/boxes.js";
import { firstRun } from "./stories/first_run.js";
import { folder } from "./stories/folder.js";
import { hands } from "./stories/hands.js";
import { hostile } from "./stories/hostile.js";
import { plugins } from "./stories/plugins.js";
import { receiving } from "./stories/receiving.js";
import { screens } from "./stories/screens.js";
import { sharing } from "./stories/sharing.js";
import { tabs } from "./stories/tabs.js";
import { touch } from "./stories/touch.js";
import { makeWorld } from "./stories/world.js";

describe("a person at the console", () => {
  const world = makeWorld();
  before(() => world.start());
  after(() => world.close());
  for (const stories of [firstRun, sharing, folder, receiving, boxes, screens, plugins, hands, access, tabs, touch, hostile]) stories(world);
});
