import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

interface Lockfile {
  readonly packages: Record<
    string,
    {
      license?: string;
      dev?: boolean;
      optional?: boolean;
      devOptional?: boolean;
      resolved?: string;
      hasInstallScript?: boolean;
      optionalDependencies?: Record<string, string>;
    }
  >;
}

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/dependencies.md", root), "utf8");
const lockfile = readJson("package-lock.json") as Lockfile;
const rootManifest = readJson("package.json") as Manifest;
const manifests: [string, Manifest][] = [
  ["root", rootManifest],
  ...(rootManifest.workspaces ?? []).map((folder): [string, Manifest] => [
    folder.split("/").at(-1) ?? folder,
    readJson(`${folder}/package.json`) as Manifest,
  ]),
];
const own = new Set(manifests.map(([, manifest]) => manifest.name));

const declared = manifests.flatMap(([user, manifest]) =>
  Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  }).map(([name, version]) => ({ user, name, version })),
);
const foreign = declared.filter(({ name }) => !own.has(name));

const rows = [...page.matchAll(/^\| `([^`]+)` \|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)].map(([, name, ...cells]) => {
  const [users = "", licence = "", reason = ""] = cells.map((cell) => cell.trim());
  return { name: name ?? "", users: users.split(", "), licence, reason };
});

test("docs/dependencies.md lists every dependency once, with the packages that use it", () => {
  const listed = rows.flatMap(({ name, users }) => users.map((user) => `${name} in ${user}`));
  expect(listed.toSorted()).toEqual(foreign.map(({ name, user }) => `${name} in ${user}`).toSorted());
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test.each(rows)("$name has a reason, and the licence it says", ({ name, users, licence, reason }) => {
  expect(reason.length).toBeGreaterThan(15);
  for (const user of users) expect(installedFor(user, name)?.license).toBe(licence);
});

test("everything that a user installs has a licence that requires no more than its notice", () => {
  const permissive = new Set([
    "MIT",
    "ISC",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "BlueOak-1.0.0",
    "MIT OR Apache-2.0",
  ]);
  // An optional peer (vitest, for testing entries) is installed only by users who list it
  // themselves.
  const installed = Object.entries(lockfile.packages).filter(
    ([path, { dev, optional, devOptional, resolved }]) =>
      path.includes("node_modules/") && !(dev ?? optional ?? devOptional ?? false) && resolved === undefined,
  );
  expect(installed.length).toBeGreaterThanOrEqual(
    new Set(foreign.filter(({ user }) => user !== "root").map(({ name }) => name)).size,
  );
  for (const [path, entry] of installed) expect(permissive, path).toContain(entry.license);
});

test("versions are exact, except those of peers, which their users choose", () => {
  const peers = new Set(
    manifests.flatMap(([user, { peerDependencies }]) => Object.keys(peerDependencies ?? {}).map((name) => `${name} in ${user}`)),
  );
  for (const { name, user, version } of declared) {
    // DuckDB numbers its own releases of one version: 1.5.6-r.1.
    if (!peers.has(`${name} in ${user}`)) expect(version, name).toMatch(/^(npm:[a-z@/-]+@)?\d+\.\d+\.\d+(-r\.\d+)?$/);
  }
});

// Their scripts only compile, or fetch a binary, if no packed one fits. `.npmrc` keeps them from
// running.
const neverRun = new Set(["node_modules/msgpackr-extract", "node_modules/vitepress/node_modules/esbuild"]);

test("the lockfile names no registry, and no package in it needs an install script", () => {
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    expect(entry.resolved ?? "packages/", path).toMatch(/^(packages|apps|examples)\//);
    expect(entry.hasInstallScript ?? false, path).toBe(neverRun.has(path));
  }
});

test("the lockfile has the builds for every platform, which npm ci requires", () => {
  const missing = Object.entries(lockfile.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !placesFor(path, name).some((place) => place in lockfile.packages),
    ),
  );
  expect(missing, "run node scripts/complete-lockfile.mjs").toEqual([]);
});

/** Where Node looks for a package that the one at this path imports, nearest first. */
function placesFor(path: string, name: string): string[] {
  const folders = path.split("/node_modules/");
  const above = folders.map((_, index) => folders.slice(0, folders.length - index).join("/node_modules/"));
  return [...above.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

/** A workspace has its own copy if the root has another version. */
function installedFor(user: string, name: string): Lockfile["packages"][string] | undefined {
  const folder = rootManifest.workspaces?.find((path) => path.endsWith(`/${user}`));
  return lockfile.packages[`${folder}/node_modules/${name}`] ?? lockfile.packages[`node_modules/${name}`];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, root), "utf8"));
}
