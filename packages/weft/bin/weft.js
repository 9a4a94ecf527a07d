#!/usr/bin/env node
import { existsSync, statSync } from "node:fs";

const words = process.argv.slice(2);
/** @param {string} path */
const inDist = (path) => new URL(`../dist/${path}`, import.meta.url);

// In a fresh clone there is nothing to import.
if (existsSync(inDist("cli/main.js"))) {
  const { main } = await import(usesBundle() ? "../dist/start/main.js" : "../dist/cli/main.js");
  process.exitCode = await main(words);
} else {
  process.stderr.write("weft is not built yet: run `npm run build` in the root of the repository, then run weft again\n");
  process.exitCode = 1;
}

/**
 * The bundle starts several times as fast. It has all commands but `serve` and `mcp`, and a copy of
 * the packages that a plugin could not register with. In a clone, a build of a package may be newer.
 */
function usesBundle() {
  if (words.some((word) => word === "serve" || word === "mcp" || word.startsWith("--plugin"))) return false;
  const made = timeOf(inDist("start/main.js"));
  return made > 0 && ["tensor", "core", "draw", "node", "batch", "weft"].every((name) => timeOf(buildOf(name)) <= made);
}

/**
 * The record of a package's last build, which is not published.
 *
 * @param {string} name
 */
function buildOf(name) {
  return new URL(`../../${name}/dist/.tsbuildinfo`, import.meta.url);
}

/**
 * When a file was written; 0 if there is none.
 *
 * @param {URL} url
 */
function timeOf(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
