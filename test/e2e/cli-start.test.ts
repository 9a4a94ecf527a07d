import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { node, weftPath } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

test("before a build, the command says in one line what to run", async () => {
  cpSync(weftPath, join(folder, "bin/weft.mjs"));
  const { code, out, err } = await node([join(folder, "bin/weft.mjs"), "--version"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^weft is not built yet: run `npm run build` .*\n$/);
});

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
