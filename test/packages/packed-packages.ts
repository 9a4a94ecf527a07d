import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { stagePackages } from "../../scripts/stage-packages.mjs";

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export const root = fileURLToPath(new URL("../../", import.meta.url));
const locked = (JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, LockedPackage> })
  .packages;

/** The folder in the lockfile to which a package resolves from another one. */
function placeOf(name: string, from: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const place = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (locked[place] !== undefined) return place;
    if (folder === "") throw new Error(`the lockfile has no ${name}`);
  }
}

/**
 * All packages that `npm install NAME` installs, including itself: names with their places in the
 * lockfile.
 */
export function installedWith(name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const waiting: [string, string][] = [[name, ""]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const place = placeOf(...next);
    if ([...found.values()].includes(place)) continue;
    found.set(next[0], place);
    const { link, resolved } = locked[place] as LockedPackage;
    const folder = link === true && resolved !== undefined ? resolved : place;
    for (const dependency of Object.keys(locked[folder]?.dependencies ?? {})) waiting.push([dependency, folder]);
  }
  return found;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let ours: ReturnType<typeof stagePackages> | undefined;

/** Our packages as they are published. */
function staged(): ReturnType<typeof stagePackages> {
  if (ours === undefined) {
    const out = mkdtempSync(join(tmpdir(), "weft-staged-"));
    folders.push(out);
    ours = stagePackages(out);
  }
  return ours;
}

/**
 * Installs a package into an empty folder without a registry: our packages as they are published,
 * others as links to the ones installed here.
 */
export function installPacked(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-installed-"));
  folders.push(folder);
  for (const [dependency, place] of installedWith(name)) {
    const target = join(folder, "node_modules", dependency);
    mkdirSync(dirname(target), { recursive: true });
    const { link, resolved } = locked[place] as LockedPackage;
    if (link !== true || resolved === undefined) {
      symlinkSync(join(root, place), target);
      continue;
    }
    const packed = staged().find((one) => one.name === dependency);
    if (packed === undefined) throw new Error(`${dependency} is not among the packages that are published`);
    cpSync(packed.folder, target, { recursive: true });
  }
  return folder;
}

/**
 * Adds the native kernels of this machine to a folder, as their package would be installed. Returns
 * false if they were not built here.
 */
export function installNative(folder: string): boolean {
  if (!existsSync(join(root, "packages/native/build/here/weft.node"))) return false;
  const out = mkdtempSync(join(tmpdir(), "weft-native-"));
  folders.push(out);
  execFileSync(process.execPath, [join(root, "scripts/build-native.mjs"), "--quiet", "--package", "--out", out]);
  for (const name of readdirSync(out)) {
    const target = join(folder, "node_modules/@weft-nlp", name);
    rmSync(target, { recursive: true, force: true });
    unpack(pack(join(out, name), folder), target);
  }
  return true;
}

function unpack(tarball: string, target: string): void {
  mkdirSync(target);
  execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  rmSync(tarball);
}

function pack(source: string, folder: string): string {
  const said = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: source,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(said) as [{ filename: string }];
  return join(folder, packed.filename);
}
