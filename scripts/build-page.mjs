/**
 * Builds the page into `packages/server/page`: the page itself, and `weft-arcs.js`, the
 * element alone in one file for any page. The same file with its types becomes `weft-nlp/arcs`.
 *
 * Does nothing if neither the sources nor the tools have changed.
 * `node scripts/build-page.mjs [--quiet]`
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, version } from "vite";
import { licences } from "./bundle-licences.mjs";

const { values } = parseArgs({ options: { quiet: { type: "boolean", default: false } } });
const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "packages/server/page");
const arcs = join(root, "packages/weft/dist/arcs");
const configFile = join(root, "apps/web/vite.config.ts");
const licenceFile = "THIRD-PARTY-LICENSES.txt";
const stampFile = join(page, ".stamp");
const stamp = fingerprint();

if (!existsSync(join(arcs, "weft-arcs.js")) || !existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  const logLevel = values.quiet ? "warn" : "info";
  const pageModules = collectModules();
  await build({ configFile, logLevel, plugins: [pageModules.plugin], worker: { plugins: () => [pageModules.plugin] } });
  const arcsModules = collectModules();
  await build({
    configFile,
    logLevel,
    plugins: [arcsModules.plugin],
    build: {
      emptyOutDir: false,
      copyPublicDir: false,
      lib: { entry: "src/weft-arcs/weft-arcs.ts", formats: ["es"], fileName: () => "weft-arcs.js" },
    },
  });
  writeFileSync(join(page, licenceFile), licences([...pageModules.ids, ...arcsModules.ids]));
  packArcs(licences([...arcsModules.ids]));
  writeFileSync(stampFile, stamp);
}

/** A plugin that keeps the names of all modules that are bundled, also of workers. */
function collectModules() {
  /** @type {Set<string>} */
  const ids = new Set();
  const plugin = {
    name: "collect-modules",
    /** @param {unknown} _ @param {Record<string, { moduleIds?: readonly string[] }>} bundle */
    generateBundle(_, bundle) {
      for (const { moduleIds = [] } of Object.values(bundle)) for (const id of moduleIds) ids.add(id);
    },
  };
  return { ids, plugin };
}

/**
 * The element and its types, for `weft-nlp/arcs`.
 *
 * @param {string} thirdParty licences of the code in it
 */
function packArcs(thirdParty) {
  mkdirSync(arcs, { recursive: true });
  if (thirdParty !== "") writeFileSync(join(arcs, licenceFile), thirdParty);
  copyFileSync(join(page, "weft-arcs.js"), join(arcs, "weft-arcs.js"));
  const compiler = join(root, "node_modules/tsc7/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", join(root, "apps/web/tsconfig.arcs.json")], { stdio: "inherit" });
}

/** A hash of everything that goes into the page. */
function fingerprint() {
  const hash = createHash("sha256").update(`vite ${version}\n`);
  const folders = ["apps/web", ...["api", "core", "draw", "tensor"].map((name) => `packages/${name}/src`)];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && !/node_modules|\.test\.ts$|[\\/]testing([\\/]|$)/.test(join(entry.parentPath, entry.name)),
      )
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of ["package-lock.json", "scripts/build-page.mjs", "scripts/bundle-licences.mjs"]) files.push(join(root, file));
  for (const file of files.sort()) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
