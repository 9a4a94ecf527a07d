import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WeftError } from "@weft-nlp/core";
import { protocols } from "@weft-nlp/core/metrics";
import { afterAll, expect, test } from "vitest";
import { loadPlugins } from "./load-plugins.ts";
import { loadedPlugins } from "./loaded-plugins.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "weft-plugins-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module that registers a protocol of this name. */
const registering = (name: string): string => `
  const match = () => ({ gold: new Map(), predicted: new Map(), correct: new Set() });
  export const calls = [];
  export function register(registry) {
    calls.push(1);
    registry.protocol({ name: ${JSON.stringify(name)}, unit: "relations", directed: true, words: "Nothing.", match });
  }
`;

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function failure(spec: string): Promise<WeftError> {
  try {
    await loadPlugins([spec], folder);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error(`${spec} was loaded`);
}

test("a plugin is named by its path, its folder, its package or its URL, and is loaded once", async () => {
  const byPath = write("mine/by-path.mjs", registering("by-path"));
  const byName = write("node_modules/@own/by-name/lib/main.mjs", registering("by-name"));
  write(
    "node_modules/@own/by-name/package.json",
    JSON.stringify({ exports: { ".": { types: "./no.d.ts", import: "./lib/main.mjs" }, "./other": { default: "./other.mjs" } } }),
  );
  const bySubpath = write("node_modules/@own/by-name/other.mjs", registering("by-subpath"));
  const byFolder = write("by-folder/start.mjs", registering("by-folder"));
  write("by-folder/package.json", JSON.stringify({ main: "start.mjs" }));
  const byUrl = write("by-url.mjs", registering("by-url"));
  const specs = ["./mine/by-path.mjs", "mine/by-path.mjs", byPath, "@own/by-name", "@own/by-name/other", "by-folder"];
  await loadPlugins([...specs, pathToFileURL(byUrl).href], folder);
  expect(protocols.names.slice(-5)).toEqual(["by-path", "by-name", "by-subpath", "by-folder", "by-url"]);
  expect(loadedPlugins()).toEqual([byPath, byName, bySubpath, byFolder, byUrl].map((file) => pathToFileURL(file).href));
  const { calls } = (await import(/* @vite-ignore */ pathToFileURL(byPath).href)) as { calls: unknown[] };
  expect(calls).toHaveLength(1);
});

test("a plugin that is not there is named as it was asked for", async () => {
  expect(await failure("./gone.mjs")).toMatchObject({ code: "FILE_MISSING", at: { source: "./gone.mjs" } });
  expect(await failure("weft-gone/plugin")).toMatchObject({ code: "PACKAGE_MISSING", at: { source: "weft-gone/plugin" } });
  write("empty/package.json", JSON.stringify({ exports: "./gone.mjs" }));
  expect(await failure("empty")).toMatchObject({ code: "FILE_MISSING", summary: expect.stringContaining("gone.mjs") as string });
});

test("a module that cannot be loaded, has no register, or fails in it says so and is not remembered", async () => {
  const before = loadedPlugins();
  const broken = write("broken.mjs", "export const = 1;");
  expect(await failure("broken.mjs")).toMatchObject({ code: "SETTING_INVALID", at: { source: broken } });
  write("silent.mjs", "export const register = 1;");
  const silent = await failure("silent.mjs");
  expect(silent.summary).toBe("this plugin exports no function `register`");
  expect(silent.hint).toContain("register(registry)");
  write("failing.mjs", 'export async function register() { throw new RangeError("out of tea"); }');
  expect((await failure("failing.mjs")).summary).toBe("`register` of this plugin failed: RangeError: out of tea");
  write("twin.mjs", registering("strict"));
  const twin = await failure("twin.mjs");
  expect(twin.summary).toBe("`register` of this plugin failed: a protocol called strict is already registered");
  expect(twin.hint).toBe("choose another name");
  expect(loadedPlugins()).toEqual(before);
});
