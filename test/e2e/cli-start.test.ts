import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { node, weft, weftPath } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
const text = join(folder, "news.txt");
// More sentences than this thread reads without starting others.
writeFileSync(text, "Mara Voss founded Kettle Robotics in Łódź. It wasn't easy.\n".repeat(200));

const tiny = writeTinyCorpus(join(folder, "tiny"));

test("the command loads only the declarations of its commands at start", () => {
  const loaded = staticImports(resolve(dirname(weftPath), "../dist/cli/main.js"));
  expect([...loaded.packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
  const outside = [...loaded.files].filter((path) => !/packages\/weft\/dist\/cli\//.test(path));
  expect(outside.map((path) => path.replace(/^.*\/packages\//, ""))).toEqual([
    "node/dist/files/standard-output.js",
    "server/dist/options.js",
  ]);
  expect([...loaded.files].filter((path) => path.includes("cli/actions/"))).toEqual([]);
});

test.each([
  [["extract", model, text, "--threads", "1"], 80],
  [["batch", "plan", text, "--model", model, "--out", join(folder, "batch")], 80],
  [["train", tiny, "--threads", "1", "--set", "training.epochs=1", "--run", join(folder, "run")], 120],
])("weft %j loads its bundle, and of the packages only the one that finds its addon", async (args, most) => {
  const loaded = await modulesOf(args);
  expect(loaded.filter((path) => !/packages\/(weft\/bin|weft\/dist\/start|native)\//.test(path))).toEqual([]);
  expect(loaded.length).toBeLessThan(most);
});

test("with a plugin, weft extract loads the packages, which the plugin shares", async () => {
  writeFileSync(join(folder, "plugin.mjs"), "export function register() {}");
  const loaded = await modulesOf(["extract", model, text, "--plugin", join(folder, "plugin.mjs")]);
  expect(loaded.some((path) => path.includes("packages/core/dist/"))).toBe(true);
  expect(loaded.filter((path) => path.includes("dist/start/"))).toEqual([]);
});

test("the bundle and the packages print the same", async () => {
  const main = pathToFileURL(resolve(dirname(weftPath), "../dist/cli/main.js")).href;
  const plain = `const { main } = await import(${JSON.stringify(main)}); process.exitCode = await main(process.argv.slice(1));`;
  for (const threads of ["1", "2"]) {
    const args = ["extract", model, text, "--threads", threads];
    expect(await weft(args)).toEqual(await node(["--input-type=module", "-e", plain, "--", ...args]));
  }
  const wrong = ["extract", model, join(folder, "none.txt")];
  expect(await weft(wrong)).toEqual(await node(["--input-type=module", "-e", plain, "--", ...wrong]));
});

test("before a build, the command says in one line what to run", async () => {
  cpSync(weftPath, join(folder, "bin/weft.mjs"));
  const { code, out, err } = await node([join(folder, "bin/weft.mjs"), "--version"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^weft is not built yet: run `npm run build` .*\n$/);
});

/** The modules of ours that a command loads. */
async function modulesOf(args: readonly string[]): Promise<string[]> {
  const hook = `import { writeSync } from "node:fs";
    export async function load(url, context, next) { writeSync(2, "loaded " + url + "\\n"); return next(url, context); }`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
  const { code, err } = await node(["--import", `data:text/javascript,${encodeURIComponent(register)}`, weftPath, ...args]);
  expect(code).toBe(0);
  return Array.from(err.matchAll(/^loaded file:\/\/(.*packages\/.*)$/gm), ([, path = ""]) => path);
}

/** Everything that loading a module of the build loads. */
function staticImports(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    const source = readFileSync(file, "utf8");
    for (const [, name = ""] of source.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";$|^import "([^"]+)";$/gm)) {
      if (name.startsWith(".")) files.add(resolve(dirname(file), name));
      else if (name.startsWith("@weft-nlp/")) files.add(builtEntry(name));
      else packages.add(name);
    }
  }
  return { files, packages };
}

/**
 * The built file behind an entry of one of our packages; this process itself resolves to sources.
 */
function builtEntry(name: string): string {
  const [, folder = "", path = ""] = /^@weft-nlp\/([^/]+)(\/.+)?$/.exec(name) ?? [];
  const place = resolve(dirname(weftPath), "../..", folder);
  const manifest = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  return join(place, manifest.exports[`.${path}`]?.default ?? "");
}
