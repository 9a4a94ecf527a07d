/**
 * Compiles the native kernels of `packages/native` for this machine, if it has a C++ compiler or
 * zig. Seconds; skipped if neither the sources nor the compiler have changed. Without a compiler it
 * says so in one line and succeeds: Weft then computes with WebAssembly.
 *
 * - `node scripts/build-native.mjs [--quiet]` builds for this machine.
 * - `--sanitize` adds the address sanitizer and writes to another folder.
 * - `--package [--out FOLDER]` makes the packages of what it built: one for this platform, and
 *   `@weft-nlp/native`, which names those of all platforms.
 * - `--all [--out FOLDER]` builds every platform with zig, and makes the packages that are
 *   published. `--platform NAME`, more than once if need be, builds only those.
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "packages/native");
const sources = join(folder, "source");
const headers = join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");

/**
 * Node's headers describe Node-API alone, so one build runs on every version. The kernels name each
 * fused multiply-add themselves: a compiler that fused others would change bits between builds.
 */
const common = "-O3 -std=c++17 -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -fno-math-errno -ffp-contract=off".split(" ");
const avx2 = ["-DWEFT_AVX2", "-mavx2", "-mfma"];
const avx512 = [
  "-DWEFT_AVX512",
  ..."-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512".split(" "),
];

/** Flags of the kernels, by instruction set. @type {Record<string, Record<string, string[]>>} */
const sets = { x64: { generic: [], avx2, avx512 }, arm64: { generic: [] } };

/** @typedef {{ name: string, os: string, cpu: string, libc?: string, zig: string }} Platform */

/** @type {Platform[]} */
const platforms = [
  { name: "linux-x64", os: "linux", cpu: "x64", libc: "glibc", zig: "x86_64-linux-gnu.2.28" },
  { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl", zig: "x86_64-linux-musl" },
  { name: "linux-arm64", os: "linux", cpu: "arm64", libc: "glibc", zig: "aarch64-linux-gnu.2.28" },
  { name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl", zig: "aarch64-linux-musl" },
  { name: "darwin-x64", os: "darwin", cpu: "x64", zig: "x86_64-macos" },
  { name: "darwin-arm64", os: "darwin", cpu: "arm64", zig: "aarch64-macos" },
  { name: "win32-x64", os: "win32", cpu: "x64", zig: "x86_64-windows-gnu" },
];

const { values } = parseArgs({
  options: {
    quiet: { type: "boolean", default: false },
    sanitize: { type: "boolean", default: false },
    package: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    platform: { type: "string", multiple: true },
    out: { type: "string", default: join(folder, "build/packages") },
  },
});

if (values.all || values.platform) await buildFor(values.platform, resolve(values.out));
else await buildHere();
if (values.package) await packageHere(resolve(values.out));

async function buildHere() {
  const cpu = process.arch;
  const compiler = sets[cpu] === undefined ? undefined : findCompiler();
  if (compiler === undefined) {
    say(`native kernels: no C++ compiler or zig for ${process.platform} ${cpu}; WebAssembly computes instead`);
    return;
  }
  const flags = values.sanitize ? ["-fsanitize=address", "-fno-omit-frame-pointer"] : [];
  const target = join(folder, "build", values.sanitize ? "sanitized" : "here");
  const stamp = fingerprint([process.platform, compiler, common, sets[cpu], flags]);
  if (readIfThere(join(target, "stamp")) === stamp && existsSync(join(target, "weft.node"))) return;
  const started = performance.now();
  try {
    await build({ command: compiler.command, flags, cpu, os: process.platform, file: join(target, "weft.node") });
  } catch (error) {
    const [line] = String(/** @type {{ stderr?: string }} */ (error).stderr ?? error).split("\n");
    say(`native kernels: ${compiler.command.join(" ")} failed (${line}); WebAssembly computes instead`);
    return;
  }
  writeFileSync(join(target, "stamp"), stamp);
  if (!values.quiet) say(`native kernels compiled with ${compiler.version} in ${seconds(started)} s`);
}

/**
 * The package of this platform with the addon that was built here, and `@weft-nlp/native`.
 *
 * @param {string} out
 */
async function packageHere(out) {
  const { platformName } = await import(pathToFileURL(join(folder, "dist/platform.js")).href);
  const platform = platforms.find(({ name }) => name === platformName());
  const built = join(folder, "build/here/weft.node");
  if (platform === undefined || !existsSync(built)) throw new Error("there are no native kernels of this machine to package");
  const target = join(out, `native-${platform.name}`);
  mkdirSync(target, { recursive: true });
  cpSync(built, join(target, "weft.node"));
  writePlatformPackage(target, platform, ownVersion());
  writeMainPackage(join(out, "native"), ownVersion());
}

function ownVersion() {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

/**
 * Cross-builds the packages of the platforms named, or of all.
 *
 * @param {string[] | undefined} names
 * @param {string} out
 */
async function buildFor(names, out) {
  const unknown = names?.find((name) => !platforms.some((platform) => platform.name === name));
  if (unknown) throw new Error(`unknown platform ${unknown}: use ${platforms.map(({ name }) => name).join(", ")}`);
  const zig = ["zig", "python-zig", "python3 -m ziglang"]
    .map((text) => text.split(" "))
    .find((words) => versionOf(words, "version"));
  if (zig === undefined) throw new Error("cross-building needs zig: install it, or `pip install ziglang`");
  if (!names) rmSync(out, { recursive: true, force: true });
  for (const platform of platforms.filter(({ name }) => names?.includes(name) ?? true)) {
    const started = performance.now();
    const target = join(out, `native-${platform.name}`);
    const file = join(target, "weft.node");
    const command = [...zig, "c++"];
    await build({ command, flags: ["-target", platform.zig], cpu: platform.cpu, os: platform.os, file, zig });
    writePlatformPackage(target, platform, ownVersion());
    say(`${platform.name}: ${readFileSync(file).length} bytes in ${seconds(started)} s`);
  }
  writeMainPackage(join(out, "native"), ownVersion());
}

/**
 * Compiles and links one addon, and replaces the old one only if both succeed.
 *
 * @param {{ command: string[], flags: string[], cpu: string, os: string, file: string, zig?:
 *   string[] }} target
 */
async function build({ command: [command = "", ...words], flags, cpu, os, file, zig }) {
  mkdirSync(dirname(file), { recursive: true });
  const scratch = mkdtempSync(join(dirname(file), ".objects-"));
  const compile = async (/** @type {string} */ source, /** @type {string} */ object, /** @type {string[]} */ more) => {
    const output = join(scratch, object);
    const input = ["-isystem", headers, "-c", join(sources, source)];
    await run(command, [...words, ...common, ...flags, ...more, ...input, "-o", output]);
    return output;
  };
  try {
    const objects = await Promise.all([
      compile("addon.cpp", "addon.o", []),
      ...Object.entries(sets[cpu] ?? {}).map(([set, more]) => compile("kernels.cpp", `${set}.o`, more)),
    ]);
    const linked = join(scratch, "weft.node");
    await run(command, [...words, "-shared", ...flags, ...objects, ...(await linking(os, scratch, zig)), "-o", linked]);
    renameSync(linked, file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * How the functions of Node-API stay open until Node loads the addon. Windows needs the names of
 * those that node.exe exports.
 *
 * @param {string} os
 * @param {string} scratch
 * @param {string[]} [zig]
 */
async function linking(os, scratch, [zig = "", ...words] = []) {
  if (os === "darwin") return ["-Wl,-undefined,dynamic_lookup"];
  if (os !== "win32") return ["-Wl,--as-needed", "-Wl,-s"];
  const library = join(scratch, "node.lib");
  await run(zig, [...words, "dlltool", "-d", join(headers, "../def/node_api.def"), "-D", "node.exe", "-l", library]);
  return [library];
}

/**
 * The compiler of this machine: that of `CXX`, else a usual one, else zig.
 *
 * @returns {{ command: string[], version: string } | undefined}
 */
function findCompiler() {
  const own = process.env.CXX === undefined ? [] : [process.env.CXX.split(" ")];
  const usual = process.platform === "win32" ? [] : [["c++"], ["g++"], ["clang++"]];
  for (const command of [...own, ...usual]) {
    const version = versionOf(command, "--version");
    if (version !== undefined) return { command, version };
  }
  for (const words of [["zig"], ["python3", "-m", "ziglang"]]) {
    const version = versionOf(words, "version");
    if (version !== undefined) return { command: [...words, "c++"], version: `zig ${version}` };
  }
  return undefined;
}

/**
 * The first line that a program prints about itself; undefined if it does not run.
 *
 * @param {string[]} words
 * @param {string} option
 */
function versionOf([command = "", ...words], option) {
  const { status, stdout } = spawnSync(command, [...words, option], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0]?.trim() : undefined;
}

/**
 * @param {string} target
 * @param {Platform} platform
 * @param {string} version
 */
function writePlatformPackage(target, { name, os, cpu, libc }, version) {
  writeManifest(target, {
    name: `@weft-nlp/native-${name}`,
    version,
    description: `Weft's native kernels for ${os} ${cpu}${libc === "musl" ? " with musl" : ""}`,
    license: "Apache-2.0",
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    keywords: ["nlp", "simd", "kernels", "native", "node-api"],
    engines: { node: ">=20.19" },
    files: ["weft.node", "NOTICE"],
  });
  for (const file of ["LICENSE", "NOTICE"]) cpSync(join(folder, file), join(target, file));
  const words = `The kernels of [Weft](https://www.npmjs.com/package/weft-nlp) for ${os} ${cpu}. npm installs this package where it fits.`;
  writeFileSync(join(target, "README.md"), `# @weft-nlp/native-${name}\n\n${words}\n`);
}

/**
 * A copy of `@weft-nlp/native` that names the packages of all platforms. npm installs the one that
 * fits. In the repository the list is absent, since a clone builds its own.
 *
 * @param {string} target
 * @param {string} version
 */
function writeMainPackage(target, version) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const optionalDependencies = Object.fromEntries(platforms.map(({ name }) => [`@weft-nlp/native-${name}`, version]));
  cpSync(join(folder, "dist"), join(target, "dist"), {
    recursive: true,
    filter: (/** @type {string} */ file) => !file.endsWith(".tsbuildinfo"),
  });
  for (const file of ["README.md", "LICENSE", "NOTICE"]) cpSync(join(folder, file), join(target, file));
  const { scripts: _, ...rest } = manifest;
  writeManifest(target, { ...rest, optionalDependencies });
}

/**
 * @param {string} target
 * @param {object} manifest
 */
function writeManifest(target, manifest) {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/**
 * A hash of everything that determines the addon.
 *
 * @param {unknown[]} more
 */
function fingerprint(more) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const name of readdirSync(sources).sort()) hash.update(`${name}\n`).update(readFileSync(join(sources, name)));
  return hash.digest("hex");
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** @param {number} started */
function seconds(started) {
  return ((performance.now() - started) / 1000).toFixed(1);
}

/** @param {string} line */
function say(line) {
  console.error(line);
}
