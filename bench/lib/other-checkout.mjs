import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The commit that a speed is compared with: the one asked for, else that of the last release.
 *
 * @param {string | undefined} asked
 * @returns {{ ref: string, commit: string }}
 */
export function commitOf(asked) {
  const ref = asked ?? lastRelease();
  if (ref === undefined) throw new Error("no release is tagged v…: name what to compare with, --against REF");
  return { ref, commit: git("rev-parse", "--verify", `${ref}^{commit}`) };
}

function lastRelease() {
  try {
    return git("describe", "--tags", "--abbrev=0", "--match", "v*");
  } catch {
    return undefined;
  }
}

/**
 * Another commit, built, with the bench folder of this checkout: both sides then do the same work.
 * A later call with the same commit finds the build.
 *
 * @param {string} commit
 * @param {(line: string) => void} report
 * @returns {string} its folder
 */
export function builtCheckout(commit, report) {
  const folder = join(root, ".cache/regress", commit.slice(0, 12));
  const stamp = join(folder, ".built");
  if (!existsSync(stamp)) {
    report(`building ${commit.slice(0, 12)} in ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 2 ** 30 });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    install(folder);
    // Compiled again only if its sources differ.
    const kernels = "packages/native/build/here";
    if (existsSync(join(root, kernels))) cpSync(join(root, kernels), join(folder, kernels), { recursive: true });
    for (const [script = "", ...more] of [
      ["scripts/build-kernels.mjs", "--quiet"],
      ["scripts/build-native.mjs", "--quiet"],
      ["node_modules/tsc7/bin/tsc", "-b", "packages/weft"],
      ["scripts/build-start.mjs"],
    ]) {
      execFileSync(process.execPath, [script, ...more], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    }
    writeFileSync(stamp, "");
  }
  rmSync(join(folder, "bench"), { recursive: true, force: true });
  cpSync(join(root, "bench"), join(folder, "bench"), { recursive: true });
  return folder;
}

/**
 * The packages of others are those of this checkout if both want the same, and ours are its own.
 *
 * @param {string} folder
 */
function install(folder) {
  const [own, other] = [root, folder].map((place) => readFileSync(join(place, "package-lock.json"), "utf8"));
  if (thirdParty(own) !== thirdParty(other)) {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "ignore", shell: process.platform === "win32" });
    return;
  }
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@weft-nlp"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@weft-nlp" && name !== "weft-nlp") link(join(root, "node_modules", name), join(modules, name));
  }
  const { workspaces } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const workspace of workspaces) {
    const { name } = JSON.parse(readFileSync(join(folder, workspace, "package.json"), "utf8"));
    link(join(folder, workspace), join(modules, name));
  }
}

/**
 * @param {string} target
 * @param {string} path
 */
function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, "junction");
}

/**
 * What packages of others a build and a benchmark load: tools for tests do not matter.
 *
 * @param {string} lockfile
 */
function thirdParty(lockfile) {
  const { packages } = JSON.parse(lockfile);
  const builders = /^node_modules\/(tsc7|assemblyscript|binaryen|rolldown|node-api-headers)$/;
  const loaded = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) =>
      path.includes("node_modules/") && !path.includes("@weft-nlp/") && (builders.test(path) || !(dev ?? devOptional ?? false)),
  );
  return loaded.map(([path, { version }]) => `${path} ${version}`).join("\n");
}

/** @param {...string} words */
function git(...words) {
  return execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
