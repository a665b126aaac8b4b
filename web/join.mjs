// Joins our own ES modules: those that the first page needs into one file, each that is imported later into another.
//
// It knows the few forms that this house writes and refuses the rest: imports of names at the top, `export` before a
// function, class or const, no cycles, no text over several lines but of html, where what a line begins with is nothing.
// A module becomes a function's scope, so that names of two never meet.
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

const importForm = /^import\s*\{([^}]*)\}\s*from\s*"([^"]+)";[ \t]*\n/gm;
const exportForm = /^export (?=(?:async )?(?:function\*?|class|const) (\w+))/gm;
const laterForm = /\bimport\("(\.[^"]+)"\)/g;

const isOwn = (name) => name.startsWith(".");
const scopeOf = (path) => `_${path.replace(/\.js$/, "").replace(/\W/g, "_")}`;
const outsideOf = (name) => `$${name.replace(/\W/g, "_")}`;

/** Reads a module and all that it leads to. */
async function read(source, path, known) {
  if (known.has(path)) return;
  const text = await readFile(join(source, path), "utf8");
  const here = posix.dirname(path);
  const module = { path, imports: [], later: [], exports: [], code: "" };
  known.set(path, module);
  module.code = text
    .replace(/^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n/gm, "")
    .replace(/^[ \t]*\/\/.*\n/gm, "")
    .replace(importForm, (_, names, from) => {
      module.imports.push({ names, from: isOwn(from) ? posix.join(here, from) : from, own: isOwn(from) });
      return "";
    })
    .replace(exportForm, (_, name) => {
      module.exports.push(name);
      return "";
    })
    .replace(laterForm, (_, from) => {
      const target = posix.join(here, from);
      module.later.push(target);
      return `import("/${target}").then((joined) => joined.${scopeOf(target)})`;
    })
    .replace(/^[ \t]+/gm, "")
    .replace(/\n{2,}/g, "\n");
  const strange = module.code.match(/^(import|export)\b(?!\().*/m);
  if (strange) throw new Error(`${path}: not a form that join.mjs knows: ${strange[0]}`);
  for (const item of module.imports) if (item.own) await read(source, item.from, known);
  for (const target of module.later) await read(source, target, known);
}

/** @returns {string[]} the module and what it needs at once, each after what it needs itself */
function inOrder(known, path, done = [], open = []) {
  if (open.includes(path)) throw new Error(`a cycle: ${[...open, path].join(" → ")}`);
  if (done.includes(path)) return done;
  for (const item of known.get(path).imports) {
    if (item.own) inOrder(known, item.from, done, [...open, path]);
  }
  done.push(path);
  return done;
}

const bound = (names) => names.replace(/(\w+)\s+as\s+(\w+)/g, "$1: $2").trim().replace(/,$/, "");

function scope(module) {
  const needs = module.imports.map(({ names, from, own }) =>
    `const { ${bound(names)} } = ${own ? scopeOf(from) : outsideOf(from)};\n`);
  return `const ${scopeOf(module.path)} = (() => {\n${needs.join("")}${module.code}` +
    `return { ${module.exports.join(", ")} };\n})();\n`;
}

/**
 * @param {string} source folder
 * @param {string} entry its first module
 * @returns {Promise<Map<string, string>>} path → code, of each file that is to be served
 */
export async function joinModules(source, entry) {
  const known = new Map();
  await read(source, entry, known);
  const later = new Set([...known.values()].flatMap((module) => module.later));
  const first = inOrder(known, entry);
  // What two later ones share comes with the first.
  const uses = new Map();
  for (const path of later) {
    for (const part of inOrder(known, path)) uses.set(part, (uses.get(part) ?? 0) + 1);
  }
  for (const [part, count] of uses) {
    if (count > 1 && !first.includes(part)) first.splice(-1, 0, ...inOrder(known, part, [...first]).slice(first.length));
  }

  const files = new Map();
  const lay = (path, parts) => {
    const wanted = parts.flatMap((part) => known.get(part).imports);
    const outside = [...new Set(wanted.filter((item) => !item.own).map((item) => item.from))];
    const shared = [...new Set(wanted.filter((item) => item.own && !parts.includes(item.from)).map((item) => item.from))];
    files.set(path, [
      ...outside.map((name) => `import * as ${outsideOf(name)} from "${name}";\n`),
      shared.length ? `import { ${shared.map(scopeOf).join(", ")} } from "/${entry}";\n` : "",
      ...parts.map((part) => scope(known.get(part))),
      `export { ${parts.map(scopeOf).join(", ")} };\n`,
    ].join(""));
  };
  lay(entry, first);
  for (const path of later) {
    if (first.includes(path)) throw new Error(`${path}: imported both at once and later`);
    lay(path, inOrder(known, path).filter((part) => !first.includes(part)));
  }
  return files;
}
