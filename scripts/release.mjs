/**
 * Releases the packages. docs/releasing.md has the checklist around it.
 *
 * - `npm run release -- --dry-run` rehearses a release in a clean clone: it raises the versions,
 *   builds, publishes to a registry on this machine, installs from there into an empty folder and
 *   runs the Quickstart of the README. It changes nothing outside a temporary folder, and needs
 *   the npm registry for the packages of others.
 * - `npm run release -- --prepare` raises the versions by the changesets, and dates CHANGELOG.md.
 * - `npm run release -- --publish [--native FOLDER]` builds and publishes what the registry lacks.
 *   In a workflow that may ask for an identity token, with provenance.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rehearse } from "./rehearse-release.mjs";
import { readManifest, stagePackages } from "./stage-packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    "dry-run": { type: "boolean", default: false },
    prepare: { type: "boolean", default: false },
    publish: { type: "boolean", default: false },
    native: { type: "string" },
  },
});

const chosen = [values["dry-run"], values.prepare, values.publish].filter(Boolean).length;
if (chosen !== 1) {
  console.error("usage: npm run release -- --dry-run | --prepare | --publish [--native FOLDER]");
  process.exit(2);
}
if (values["dry-run"]) await rehearse(root);
if (values.prepare) prepare();
if (values.publish) publish(values.native);

/** Raises the versions, and gives the unreleased changes their number and date. */
function prepare() {
  if (git("status", "--porcelain") !== "") throw new Error("commit or stash your changes first");
  execFileSync(process.execPath, ["node_modules/@changesets/cli/bin.js", "version"], { cwd: root, stdio: "inherit" });
  const { version } = readManifest(join(root, "packages/weft"));
  const file = join(root, "CHANGELOG.md");
  const heading = "## [Unreleased]\n";
  const text = readFileSync(file, "utf8");
  if (!text.includes(heading)) throw new Error("CHANGELOG.md has no heading [Unreleased]");
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(file, text.replace(heading, `${heading}\n## [${version}] - ${today}\n`));
  npm(["install", "--package-lock-only"]);
  execFileSync(process.execPath, ["scripts/complete-lockfile.mjs"], { cwd: root, stdio: "inherit" });
  console.error(`raised to ${version}; read the changes, commit them, and tag the commit v${version}`);
}

/**
 * @param {string | undefined} native
 */
function publish(native) {
  if (git("status", "--porcelain") !== "") throw new Error("a release is made from a clean checkout");
  npm(["run", "build"]);
  const out = join(root, ".cache/release");
  const provenance = process.env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined ? [] : ["--provenance"];
  try {
    const packages = stagePackages(out, native === undefined ? undefined : resolve(native));
    for (const { name, version, folder } of packages) {
      if (isPublished(name, version)) console.error(`${name}@${version} is published already`);
      else npm(["publish", folder, "--access", "public", "--ignore-scripts", ...provenance]);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {string} version
 */
function isPublished(name, version) {
  const { status, stdout } = spawnSync("npm", ["view", `${name}@${version}`, "version"], options("pipe"));
  return status === 0 && String(stdout).trim() === version;
}

/** @param {string[]} words */
function npm(words) {
  execFileSync("npm", words, options("inherit"));
}

/** @param {...string} words */
function git(...words) {
  return execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
}

/** @param {"pipe" | "inherit"} stdio */
function options(stdio) {
  return { cwd: root, stdio, shell: process.platform === "win32" };
}
