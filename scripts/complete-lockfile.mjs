/**
 * Adds to `package-lock.json` the builds for other platforms that a registry mirror did not serve.
 *
 * Tools such as the formatter name one optional package per platform. Where the mirror behind an
 * `npm install` lacks some of them, npm writes a lockfile without them, and then `npm ci` refuses
 * it everywhere. The added entries have version, system and processor but no hash, because nothing
 * was fetched; an `npm install` against a full registry fills in the rest. Run it after every
 * `npm install`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ version?: string, license?: string, dev?: boolean, optional?: boolean, link?:
 *   boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string,
 *   string> }} Entry
 */

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
/** @type {{ packages: Record<string, Entry> }} */
const lockfile = JSON.parse(readFileSync(file, "utf8"));

const added = [];
for (const [path, entry] of Object.entries(lockfile.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (placesFor(path, name).some((place) => place in lockfile.packages)) continue;
    const fields = { ...platform(name), ...inherited(entry), optional: true };
    // npm's own order, so its next run changes nothing here.
    const ordered = Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => a.localeCompare(b, "en")));
    lockfile.packages[`node_modules/${name}`] = { version: exact(name, version), ...ordered };
    added.push(name);
  }
}

if (added.length > 0) {
  const { "": root = {}, ...others } = lockfile.packages;
  const sorted = Object.entries(others).toSorted(([a], [b]) => a.localeCompare(b, "en"));
  lockfile.packages = { "": root, ...Object.fromEntries(sorted) };
  writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
}
console.error(`${added.length} packages added to the lockfile`);

/**
 * Where Node looks for a package that the one at this path imports, nearest first.
 *
 * @param {string} path
 * @param {string} name
 */
function placesFor(path, name) {
  const folders = path.split("/node_modules/");
  const above = folders.map((_, index) => folders.slice(0, folders.length - index).join("/node_modules/"));
  return [...above.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

/**
 * @param {string} name
 * @param {string} range
 */
function exact(name, range) {
  if (!/^\d+\.\d+\.\d+$/.test(range))
    throw new Error(`${name} requires ${range}: only an exact version can be added without the registry`);
  return range;
}

/** @param {Entry} parent */
function inherited({ license, dev }) {
  return { ...(license === undefined ? {} : { license }), ...(dev === true ? { dev } : {}) };
}

/**
 * The system and processor that npm compares with the machine, from a name such as
 * `binding-linux-arm64-musl`.
 *
 * @param {string} name
 */
function platform(name) {
  const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
  const processors = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "arm", "wasm32"];
  const words = name.split(/[-/]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (cpu === undefined || (os === undefined && cpu !== "wasm32"))
    throw new Error(`${name} does not name a system and processor`);
  const libraries = words.some((word) => word.startsWith("musl")) ? ["musl"] : ["glibc"];
  return { cpu: [cpu], ...(os === undefined ? {} : { os: [os] }), ...(os === "linux" ? { libc: libraries } : {}) };
}
