/**
 * Builds the documentation site into `apps/docs/dist`, from the built packages. The folder works on
 * any static server at any path; its pages can also be read as files.
 *
 * `node scripts/site.mjs [--check] [--serve [--port N]] [--built | --keep-api]`
 *
 * `--built` serves or checks the site that is there, and `--keep-api` keeps the reference of the
 * last build.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeRelative } from "./site/relative.mjs";
import { serveSite } from "./site/serve.mjs";
import { stagePages } from "./site/stage.mjs";

const { values } = parseArgs({
  options: {
    serve: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    "keep-api": { type: "boolean", default: false },
    port: { type: "string", default: "0" },
  },
});
const app = fileURLToPath(new URL("../apps/docs", import.meta.url));
const site = join(app, "dist");

if (!values.built) build();
if (values.check) await import("./check-site.mjs");
if (values.serve) {
  const { address } = await serveSite(site, { port: Number(values.port) });
  console.log(`the site is at ${address}; Ctrl-C ends it`);
}

function build() {
  const started = performance.now();
  if (!values["keep-api"] || !existsSync(join(app, "generated/api/index.md"))) {
    rmSync(join(app, "generated/api"), { recursive: true, force: true });
    run("typedoc/bin/typedoc", "--options", "typedoc.config.mjs");
  }
  const pages = stagePages();
  rmSync(site, { recursive: true, force: true });
  run("vitepress/bin/vitepress.js", "build");
  makeRelative(site);
  console.error(`site: ${pages} pages and the reference in ${((performance.now() - started) / 1000).toFixed(0)} s, in ${site}`);
}

/** @param {readonly string[]} args a program below `node_modules`, and its arguments */
function run(...[program = "", ...args]) {
  const script = fileURLToPath(new URL(`../node_modules/${program}`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
}
