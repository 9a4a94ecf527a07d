/**
 * Compiles the kernels of `packages/tensor` from AssemblyScript to WebAssembly, and writes them as
 * base64 into one generated module. A second module has a function for each kernel of the contract,
 * which takes named fields and passes them on in order. For `packages/native` it writes the
 * contract as a C header, and functions that write the fields into a record.
 *
 * There are four builds, because two things are fixed when a module is compiled: whether it may use
 * relaxed SIMD (fused multiply-add), and whether threads share the memory it imports. The library
 * picks one at startup.
 *
 * `node scripts/build-kernels.mjs [--quiet] [assembly folder] [generated file]`
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const compilerVersion = require("assemblyscript/package.json").version;
const compiler = join(dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");

// No `abort` import: a kernel is a pure function of memory, and its callers have checked the
// shapes. `memoryBase` puts the constants of the kernels between the counter of `memory/heap.ts`
// and the first address that it hands out.
const firstHeapByte = 1024;
const common = "--runtime stub --noAssert -O3 --importMemory --noExportMemory --enable simd --use abort= --memoryBase 64".split(
  " ",
);
const relaxed = "--enable relaxed-simd".split(" ");
const shared = "--sharedMemory --enable threads --initialMemory 1 --maximumMemory 65536".split(" ");

const builds = [
  { speed: "baseline", memory: "private", flags: common },
  { speed: "baseline", memory: "shared", flags: [...common, ...shared] },
  { speed: "relaxed", memory: "private", flags: [...common, ...relaxed] },
  { speed: "relaxed", memory: "shared", flags: [...common, ...relaxed, ...shared] },
];

/** @typedef {{ speed: string, memory: string, wasm: Buffer<ArrayBuffer> }} Build */
/** @typedef {Awaited<ReturnType<typeof loadContract>>} Contract */

const { values, positionals } = parseArgs({
  options: { quiet: { type: "boolean", default: false } },
  allowPositionals: true,
});
const folder = join(root, "packages/tensor/src/kernels");
const assembly = resolve(positionals[0] ?? join(folder, "assembly"));
const generated = resolve(positionals[1] ?? join(folder, "wasm.generated.ts"));
const contractFolder = join(folder, "contract");
const calls = join(dirname(generated), "calls.generated.ts");
const recordedCalls = join(root, "packages/native/src/recorded-calls.generated.ts");
const header = join(root, "packages/native/source/contract.generated.h");

const stamp = `// Source and compiler: ${fingerprint(assembly, [compilerVersion, builds, String(print)])}`;
const callsStamp = `// Contract: ${fingerprint(contractFolder, [String(printCalls), String(printRecordedCalls)])}`;
/**
 * Files that are written from the contract alone. @type {[file: string, print: (tools: Contract) =>
 * string][]}
 */
const fromContract = [
  [calls, ({ contract }) => printCalls(contract)],
  [recordedCalls, ({ contract }) => printRecordedCalls(contract)],
  [header, ({ contract, printHeader }) => `${callsStamp}\n${printHeader(contract)}`],
];
try {
  if (!isUpToDate(generated, stamp)) await build();
  const stale = fromContract.filter(([file]) => !isUpToDate(file, callsStamp));
  const contract = stale.length > 0 ? await loadContract() : undefined;
  for (const [file, printed] of stale) if (contract !== undefined) replace(file, printed(contract));
} catch (error) {
  // asc has reported the error with file and line; a stack trace of this script would hide it.
  console.error(error instanceof Error && "stderr" in error ? String(error.stderr) : error);
  process.exitCode = 1;
}

/**
 * @param {string} file
 * @param {string} line
 */
function isUpToDate(file, line) {
  return existsSync(file) && readFileSync(file, "utf8").includes(line);
}

/**
 * Replaces a file atomically: readers see the old file or the new one, never half of it.
 *
 * @param {string} file
 * @param {string} text
 */
function replace(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

async function build() {
  const scratch = mkdtempSync(join(root, "node_modules/.weft-kernels-"));
  try {
    const modules = await Promise.all(builds.map((build) => compile(build, scratch)));
    checkConstants(modules);
    replace(generated, print(modules));
    const sizes = modules.map(({ speed, memory, wasm }) => `${speed} ${memory} ${wasm.length}`).join(", ");
    if (!values.quiet) console.error(`kernels compiled (bytes): ${sizes}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {(typeof builds)[number]} build
 * @param {string} scratch
 */
async function compile({ speed, memory, flags }, scratch) {
  const file = join(scratch, `${speed}-${memory}.wasm`);
  const { stderr } = await promisify(execFile)(process.execPath, [compiler, join(assembly, "index.ts"), "-o", file, ...flags]);
  if (stderr !== "" && speed === "baseline" && memory === "private") console.error(stderr);
  return { speed, memory, wasm: readFileSync(file) };
}

/**
 * Fails if the constants reach into the heap, which would hand out their addresses.
 *
 * @param {Build[]} modules
 */
function checkConstants(modules) {
  const { wasm = new Uint8Array() } = modules.find(({ speed, memory }) => speed === "baseline" && memory === "private") ?? {};
  const memory = new WebAssembly.Memory({ initial: 1 });
  void new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } });
  const bytes = new Uint8Array(memory.buffer);
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  if (end > firstHeapByte) throw new Error(`the kernels' constants reach byte ${end}; they must end below ${firstHeapByte}`);
}

/** @param {Build[]} modules */
function print(modules) {
  const digests = modules
    .filter(({ memory }) => memory === "private")
    .map(({ speed, wasm }) => `  ${speed}: "${createHash("sha256").update(wasm).digest("hex")}",`);
  const speeds = [...new Set(modules.map(({ speed }) => speed))];
  const rows = speeds.map((speed) => {
    const [own, shared] = ["private", "shared"].map((form) => find(modules, speed, form));
    return [
      `  ${speed}: {`,
      `    private:\n      "${own?.toString("base64")}",`,
      `    shared: ${JSON.stringify(difference(own, shared))},`,
      "  },",
    ].join("\n");
  });
  return `// Written by scripts/build-kernels.mjs. Do not edit.
${stamp}
/** Bytes of a module that stand in place of others: \`insert\` is in base64. */
export interface ModulePatch {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * WebAssembly modules of the kernels in base64, by instruction set. The form for shared memory is a
 * patch of the form for private memory: the two differ in the limits of the memory they import.
 */
export const wasmBuilds: Record<"baseline" | "relaxed", { readonly private: string; readonly shared: ModulePatch }> = {
${rows.join("\n")}
};

/**
 * The SHA-256 of each build for private memory. The build for shared memory computes the same.
 */
export const wasmDigests: Record<"baseline" | "relaxed", string> = {
${digests.join("\n")}
};
`;
}

/**
 * @param {Build[]} modules
 * @param {string} speed
 * @param {string} form
 */
function find(modules, speed, form) {
  const found = modules.find((module) => module.speed === speed && module.memory === form);
  if (found === undefined) throw new Error(`there is no ${form} module of the ${speed} build`);
  return found.wasm;
}

/**
 * The one piece in which two modules differ.
 *
 * @param {Buffer<ArrayBuffer> | undefined} from
 * @param {Buffer<ArrayBuffer> | undefined} to
 */
function difference(from = Buffer.alloc(0), to = Buffer.alloc(0)) {
  let at = 0;
  while (at < Math.min(from.length, to.length) && from[at] === to[at]) at++;
  let tail = 0;
  while (tail < Math.min(from.length, to.length) - at && from.at(-1 - tail) === to.at(-1 - tail)) tail++;
  return { at, remove: from.length - at - tail, insert: to.subarray(at, to.length - tail).toString("base64") };
}

/**
 * The contract is TypeScript, which Node 20 does not read: it is bundled first.
 *
 * @returns {Promise<{ contract: Record<string, { parameters: readonly { name: string, kind: string
 *   }[], returns: string }>, printHeader: (table: object) => string }>}
 */
async function loadContract() {
  const { build: bundle } = await import("vite");
  const scratch = mkdtempSync(join(root, "node_modules/.weft-contract-"));
  try {
    const entry = { index: join(contractFolder, "index.ts"), header: join(contractFolder, "c-header.ts") };
    await bundle({
      configFile: false,
      logLevel: "error",
      build: { lib: { entry, formats: ["es"] }, outDir: scratch, minify: false, emptyOutDir: false },
    });
    const load = (/** @type {string} */ name) => import(pathToFileURL(join(scratch, `${name}.js`)).href);
    return { ...(await load("index")), ...(await load("header")) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {Contract["contract"]} contract */
function printCalls(contract) {
  const names = Object.keys(contract);
  const functions = Object.entries(contract).map(
    ([name, { parameters }]) =>
      `    ${name}: (c) => ${name}(${parameters.map((parameter) => `c.${parameter.name}`).join(", ")}),`,
  );
  return `// Written by scripts/build-kernels.mjs from contract/. Do not edit.
${callsStamp}
import type { Kernels, PositionalKernels } from "./kernels.ts";

/** Functions with named fields that call the positional kernels. */
export function namedKernels(kernels: PositionalKernels): Kernels {
  const { ${names.join(", ")} } = kernels;
  return {
${functions.join("\n")}
  };
}
`;
}

/** @param {Contract["contract"]} contract */
function printRecordedCalls(contract) {
  const functions = Object.entries(contract).map(([name, { parameters, returns }]) => {
    const writes = parameters.map(
      (parameter, word) => `${parameter.kind === "scalar" ? "scalars" : "words"}[${word}] = c.${parameter.name};`,
    );
    const call = returns === "nothing" ? `run.${name}();` : `return run.${name}();`;
    return `    ${name}: (c) => {\n      follow();\n      ${[...writes, call].join("\n      ")}\n    },`;
  });
  const longest = Math.max(...Object.values(contract).map(({ parameters }) => parameters.length));
  return `// Written by scripts/build-kernels.mjs from the kernel contract. Do not edit.
${callsStamp}
import type { Kernels } from "@weft-nlp/tensor";
import type { Recorder } from "./recorder.ts";

/** The words of the longest call. */
export const recordWords = ${longest};

/** Functions with named fields, which write them into the record and call the kernel. */
export function recordedCalls({ follow, words, scalars, run }: Recorder): Kernels {
  return {
${functions.join("\n")}
  };
}
`;
}

/**
 * A hash of everything that determines a generated file: the sources of a folder, and `more`.
 *
 * @param {string} folder
 * @param {readonly unknown[]} more
 */
function fingerprint(folder, more) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const name of names.sort()) {
    const file = join(folder, name);
    const content = readFileSync(file);
    hash.update(`${relative(folder, file).split(sep).join("/")}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}
