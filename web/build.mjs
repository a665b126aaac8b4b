// Lays the console out as it is served: `node build.mjs MODULES TEXTS OUTPUT`, where MODULES is what npm installed and
// TEXTS what texts.lua wrote.
//
// Not a bundler of other people's code: theirs is copied as it is, only its bare imports become paths. Our own modules
// are joined (join.mjs), because a page that asks for forty files is slow on a phone.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { joinModules } from "./join.mjs";

const [modules, texts, output] = process.argv.slice(2);
const source = join(dirname(fileURLToPath(import.meta.url)), "console");

/** What a page loads of others' code, by the name under which modules import it. */
const vendor = {
  preact: "preact/dist/preact.mjs",
  "preact/hooks": "preact/hooks/dist/hooks.mjs",
  htm: "htm/dist/htm.module.js",
  "@preact/signals": "@preact/signals/dist/signals.module.js",
  "@preact/signals-core": "@preact/signals-core/dist/signals-core.module.js",
};
const licences = ["preact", "htm", "@preact/signals", "@preact/signals-core", "uplot"];
const styles = ["tokens", "base", "parts", "forms", "list", "screens", "boxes", "detail"];

const vendorPath = (name) => `/vendor/${name.replace("@", "").replaceAll("/", "-")}.js`;

/** @param {string} code @returns {string} with its bare imports as paths, and no address of a source map */
function withPaths(code) {
  return code
    .replace(/\b(from|import)\s*(["'])([^"'./][^"']*)\2/g, (whole, word, quote, name) =>
      vendor[name] ? `${word}${quote}${vendorPath(name)}${quote}` : whole)
    .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}

async function write(path, content) {
  const target = join(output, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  if (/\.(js|css|svg|html|json)$/.test(path)) await writeFile(`${target}.gz`, gzipSync(content, { level: 9 }));
}

await rm(output, { recursive: true, force: true });
for (const [name, path] of Object.entries(vendor)) {
  await write(vendorPath(name), withPaths(await readFile(join(modules, path), "utf8")));
}
// It is made for a script element, which the policy of trusted types would have to allow.
const chart = await readFile(join(modules, "uplot/dist/uPlot.iife.min.js"), "utf8");
await write("vendor/uplot.js", `${chart}\nexport default uPlot;\n`);
await write("vendor/uplot.css", await readFile(join(modules, "uplot/dist/uPlot.min.css"), "utf8"));
for (const name of licences) {
  await mkdir(join(output, "licences"), { recursive: true });
  await copyFile(join(modules, name, "LICENSE"), join(output, "licences", `${name.replace("@", "").replace("/", "-")}.txt`));
}

for (const [path, code] of await joinModules(source, "app.js")) await write(path, withPaths(code));
const css = await Promise.all(styles.map((name) => readFile(join(source, "style", `${name}.css`), "utf8")));
await write("style.css", css.join("\n").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s+/gm, ""));
for (const name of await readdir(source)) {
  if (name.endsWith(".svg")) await write(name, await readFile(join(source, name), "utf8"));
}
for (const name of await readdir(texts)) await write(`i18n/${name}`, await readFile(join(texts, name)));
const preload = Object.keys(vendor).map((name) => `  <link rel="modulepreload" href="${vendorPath(name)}">`);
const page = await readFile(join(source, "index.html"), "utf8");
await write("index.html", page.replace("</head>", `${preload.join("\n")}\n</head>`));
