// The public pages in a real browser: on phones and wide screens, light and dark, in English and French.
import assert from "node:assert/strict";
import { mkdir, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startSharing } from "./daemon.js";
import { assertSame, assertSound, assertSoundInBoth, startBrowser, visit } from "./support.js";

const screens = [
  { name: "phone", width: 360, height: 640 },
  { name: "wide", width: 1280, height: 800 },
];
const hostile = [
  "<script>alert(1)<script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='alert(1)",
  "<a href=javascript:alert(1)>x", "javascript:alert(1)", "<iframe srcdoc='x'>", "<base href=evil>", "-->", "{{ share }}",
  "<style>*{display:none}", "<plaintext>", "<textarea>", "<title>", "&lt;b&gt;", "n".repeat(240), "שלום.txt",
];

const guide = [
  "# A *guide*", `See [the map](https://map.test/?a=1&b=2), and \`${"x".repeat(80)}\`.`, "",
  "## What to look at", "", "- one", "- two", "  1. below it", "", "> Quoted.", "", "```", `tar ${"x".repeat(200)}`, "```", "",
  "<script>alert(1)</script>", "", "![a picture](https://tracker.test/x.png)",
].join("\n");

// A tenth of a second of nothing: 8,000 samples a second of 8 bits.
const silence = Buffer.concat([Buffer.from("RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x20\x03\0\0", "latin1"),
  Buffer.alloc(800, 128)]);

let browser;
let sharing;

async function fillWithPictures(share) {
  const folder = join(share, "Vacances 2024");
  await mkdir(join(folder, "Bretagne"), { recursive: true });
  const sizes = [4218332, 3970112, 5120450, 2888001, 4415003];
  for (const [index, size] of sizes.entries()) {
    const file = join(folder, `IMG_20240${index + 3}1${index}.jpg`);
    await writeFile(file, "picture");
    await truncate(file, size);
  }
  await writeFile(join(folder, "Bretagne", "Coucher de soleil sur la pointe du Raz.mp4"), "film");
  await truncate(join(folder, "Bretagne", "Coucher de soleil sur la pointe du Raz.mp4"), 86422017);
  await writeFile(join(share, "Projet.pdf"), "%PDF");
  await truncate(join(share, "Projet.pdf"), 3217000);
  await writeFile(join(share, "Carnet.txt"), "secret");
  const album = join(share, "..", "Album"); // comes as a whole
  await mkdir(album);
  await writeFile(join(album, "point.gif"), Buffer.from("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64"));
  await writeFile(join(album, "silence.wav"), silence);
  await writeFile(join(album, "note.txt"), "pain <b>et</b> lait\n");
  await writeFile(join(album, "faux.png"), "<script>alert(1)</script>");
  await rename(album, join(share, "Album"));
  await mkdir(join(share, "guide"));
  await writeFile(join(share, "guide", "README.md"), guide);
  await mkdir(join(share, "hostile"));
  for (const name of hostile) await writeFile(join(share, "hostile", name), name);
}

before(async () => {
  browser = await startBrowser();
  const plugins = 'plugin "describe"\nplugin "autoname"\nplugin "index" { path = "/list", text = "Hello." }\n'
    + 'plugin "password" { shares = { ["Carnet.txt"] = "motus et bouche cousue" } }\n';
  sharing = await startSharing(fillWithPictures, `name = "Paul"\n${plugins}`);
  for (const name of ["Vacances 2024", "Projet.pdf", "Album", "guide", "Carnet.txt", "hostile"]) {
    await sharing.wait("share-ready", name);
  }
});

after(async () => {
  await browser?.close();
  await sharing?.close();
});

/** Keeps a picture where SCREENSHOTS names a folder. */
async function keep(page, name) {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
  }
}

const pages = {
  folder: () => sharing.page("Vacances 2024"),
  file: () => sharing.page("Projet.pdf"),
  guide: () => sharing.page("guide"),
  list: async () => `${sharing.root}list`,
  unknown: async () => `${sharing.root}s/${"A".repeat(27)}`,
  locked: () => sharing.page("Carnet.txt"),
  root: async () => sharing.root,
};

/** Visits an address in every language, and looks at it on every screen, in every scheme. */
function itIsSound(name, address) {
  for (const language of ["en", "fr"]) {
    it(`is sound: ${name}-${language}`, async () => {
      await visit(browser, await address(), { language }, async (page) => {
        assert.equal(await page.getAttribute("html", "lang"), language);
        const onEach = async (look) => {
          for (const { name: screen, width, height } of screens) {
            await page.setViewportSize({ width, height });
            await look(screen);
          }
        };
        await onEach(async (screen) => {
          for (const scheme of ["dark", "light"]) {
            await page.emulateMedia({ colorScheme: scheme });
            await keep(page, `${name}-${screen}-${scheme}-${language}`);
          }
        });
        for (const summary of await page.locator("details:not([open]) summary").all()) await summary.click();
        await onEach(() => assertSoundInBoth(page));
      });
    });
  }
}

describe("a public page", () => {
  for (const [name, address] of Object.entries(pages)) itIsSound(name, address);

  it("needs no sideways scrolling at 320 pixels, nor with letters twice as large", async () => {
    for (const address of Object.values(pages)) {
      await visit(browser, await address(), { width: 320, height: 640, language: "fr" }, async (page) => {
        await assertSound(page);
        await page.emulateMedia({ forcedColors: "active" });
        await assertSound(page);
      });
    }
    await visit(browser, await pages.folder(), { width: 640, height: 640, language: "fr" }, async (page) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await assertSound(page);
    });
  });

  it("shows where the keyboard is, on everything that can be reached, in order", async () => {
    await visit(browser, await pages.folder(), { width: 360, height: 640 }, async (page) => {
      const count = await page.locator("a, summary").count();
      const seen = [];
      for (let step = 0; step < count; step += 1) {
        await page.keyboard.press("Tab");
        seen.push(await page.evaluate(() => {
          const { activeElement: element } = document;
          const style = getComputedStyle(element);
          const box = element.getBoundingClientRect();
          return {
            text: element.textContent.trim(),
            outline: style.outlineStyle === "solid" ? Number.parseFloat(style.outlineWidth) : 0,
            visible: box.top >= 0 && box.bottom <= innerHeight,
          };
        }));
      }
      assert.equal(seen[0].text, "Skip to the download");
      assert.ok(seen[4].text.startsWith("Download"));
      for (const item of seen) {
        assert.ok(item.outline >= 3, `${item.text}: no outline`);
        assert.ok(item.visible, `${item.text}: out of sight`);
      }
    });
  });

  it("has targets that a finger meets", async () => {
    await visit(browser, await pages.folder(), { width: 360, height: 640 }, async (page) => {
      for (const target of await page.locator(".button, .languages a, .files summary, .files li a").all()) {
        const box = await target.boundingBox();
        assert.ok(box.height >= 44, `${await target.textContent()}: ${box.height}`);
      }
    });
  });

  it("changes its language by a link, and stays with it", async () => {
    await visit(browser, await pages.folder(), {}, async (page) => {
      await page.click("text=Français");
      assert.equal(await page.getAttribute("html", "lang"), "fr");
      assert.match(await page.getAttribute(".button.main", "href"), /\?lang=fr$/);
    });
  });

  for (const [name, fileName] of [["Projet.pdf", "Projet.pdf"], ["Vacances 2024", "Vacances 2024.zip"]]) {
    it(`gives ${fileName} to whoever clicks on Download`, async () => {
      await visit(browser, await sharing.page(name), {}, async (page) => {
        const coming = page.waitForEvent("download");
        await page.click(".button.main");
        const download = await coming;
        assert.equal(download.suggestedFilename(), fileName);
        assert.equal(await download.failure(), null);
        await assertSame(await download.path(), join(sharing.share, name));
        await assertSound(page); // it is still there
      });
    });
  }

  it("opens with its password, which is asked for again where it was wrong, by keyboard alone", async () => {
    await visit(browser, `${await pages.locked()}?lang=fr`, { width: 360, height: 640 }, async (page) => {
      const field = page.locator("#password:focus"); // without a click
      await field.waitFor();
      await page.keyboard.type("motus");
      await page.keyboard.press("Enter");
      await page.locator("[role=alert]").waitFor();
      await field.waitFor();
      assert.match(await page.textContent("[role=alert]"), /Ce n’est pas le mot de passe/);
      assert.equal(await page.getAttribute("html", "lang"), "fr");
      await keep(page, "wrong-phone-light-fr");
      await assertSound(page);
      await page.click("text=English");
      assert.equal(await page.textContent("h1"), "A password, please");
      await field.waitFor();
      await page.fill("#password", "motus et bouche cousue");
      await page.click("button");
      await page.locator(".button.main[href*='/f/1/']").waitFor();
      assert.equal(await page.textContent("h1"), "Carnet.txt");
      const coming = page.waitForEvent("download");
      await page.click(".button.main");
      await assertSame(await (await coming).path(), join(sharing.share, "Carnet.txt"));
    });
  });

  it("shows hostile names and does nothing else", async () => {
    for (const screen of screens) {
      await visit(browser, await sharing.page("hostile"), screen, async (page) => {
        await page.locator("details.files:not([open]) summary").click();
        const shown = await page.locator(".files .name").allTextContents();
        assert.deepEqual(shown.sort(), [...hostile].sort());
        await assertSound(page);
        for (const link of await page.locator(".files li a").all()) await link.hover();
      });
    }
  });
});

describe("the preview of a file", () => {
  const open = (name, look, how = {}) => async () => {
    await visit(browser, await sharing.page("Album"), how, async (page) => {
      await page.getByRole("link", { name: new RegExp(`^(Preview|Aperçu).*${name}`) }).click();
      await page.locator("h1", { hasText: name }).waitFor();
      await look(page);
      await assertSound(page);
    });
  };

  it("shows a picture", open("point.gif", async (page) => {
    await page.locator("main img").evaluate((image) => image.decode());
    assert.equal(await page.locator("main img").evaluate((image) => image.naturalWidth), 1);
  }, { width: 360, height: 640, language: "fr", scheme: "dark" }));

  it("plays a sound", open("silence.wav", async (page) => {
    const seconds = await page.locator("audio").evaluate((audio) => audio.readyState >= 1 ? audio.duration
      : new Promise((resolve) => {
        audio.onloadedmetadata = () => resolve(audio.duration);
        audio.onerror = () => resolve(audio.error.message);
      }));
    assert.equal(seconds, 0.1);
  }));

  it("shows a text as it is", open("note.txt", async (page) => {
    await page.frameLocator("iframe").locator("body", { hasText: "pain <b>et</b> lait" }).waitFor();
  }));

  it("shows nothing that is not what its name says, and leads back", open("faux.png", async (page) => {
    await page.getByText("A browser cannot show this file here.").waitFor();
    await page.getByRole("link", { name: "Back to the page" }).click();
    await page.locator("h1", { hasText: "Album" }).waitFor();
  }));
});

describe("the page of a file that is being read", () => {
  let preparing;
  before(async () => {
    preparing = await startSharing(async (share) => {
      await writeFile(join(share, "Film de mariage.mkv"), "");
      await truncate(join(share, "Film de mariage.mkv"), 40e9);
    });
  });
  after(() => preparing?.close());
  const address = () => preparing.page("Film de mariage.mkv");

  itIsSound("preparing", address);

  it("has the download, and says how far the torrent is", async () => {
    await visit(browser, await address(), { width: 320, height: 640, language: "fr" }, async (page) => {
      const value = await page.locator("progress").evaluate((element) => element.value);
      assert.ok(value >= 0 && value < 1);
      assert.equal(await page.locator(".button.main").count(), 1);
      await assertSound(page);
    });
  });
});
