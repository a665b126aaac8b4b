// What a person does with the console so that not everybody gets in, against the real daemon with the plugins for it.
import { after, before, describe } from "node:test";
import { doors } from "./stories/doors.js";
import { makeWorld } from "./stories/world.js";

describe("a person who lets in some", () => {
  const world = makeWorld({ plugins: 'plugin "password" {}\nplugin "quota" {}\nplugin "ask" {}',
    config: 'plugin "password" { shares = { ["Chanson.ogg"] = "motus et bouche" } }' });
  before(() => world.start());
  after(() => world.close());
  doors(world);
});
