import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cacheLimit, featureFolder, listFeatureFiles, parseBytes, trimFeatures } from "./feature-files.ts";

const cache = mkdtempSync(join(tmpdir(), "weft-features-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

function write(name: string, bytes: number, second: number): string {
  const path = join(featureFolder(cache), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, new Uint8Array(bytes));
  utimesSync(path, second, second);
  return path;
}

test("features are removed until they fit, the longest unused first", async () => {
  expect(await listFeatureFiles(cache)).toEqual([]);
  const [middle, oldest, newest] = [write("one/a", 100, 2000), write("two/b", 50, 1000), write("one/c", 30, 3000)];
  expect((await listFeatureFiles(cache)).map(({ path, group, bytes }) => ({ path, group, bytes }))).toEqual([
    { path: oldest, group: "two", bytes: 50 },
    { path: middle, group: "one", bytes: 100 },
    { path: newest, group: "one", bytes: 30 },
  ]);
  expect(await trimFeatures(180, cache)).toEqual([]);
  expect((await trimFeatures(129, cache)).map(({ path }) => path)).toEqual([oldest, middle]);
  expect([oldest, middle, newest].map((path) => existsSync(path))).toEqual([false, false, true]);
  await trimFeatures(0, cache);
  expect(await listFeatureFiles(cache)).toEqual([]);
});

test("sizes are read with their units", () => {
  const sizes = ["0", "12", "12b", "1k", "1.5 kB", "2MiB", "20GiB", "1tb"].map((text) => parseBytes(text, "it"));
  expect(sizes).toEqual([0, 12, 12, 1000, 1500, 2 * 2 ** 20, 20 * 2 ** 30, 1e12]);
  for (const text of ["", "-1", "1x", "GiB", "1 2", "1e9"]) expect(() => parseBytes(text, "it")).toThrow("it is ");
  expect(cacheLimit({})).toBe(20 * 2 ** 30);
  expect(cacheLimit({ WEFT_CACHE_LIMIT: "3MB" })).toBe(3e6);
  expect(() => cacheLimit({ WEFT_CACHE_LIMIT: "much" })).toThrow('WEFT_CACHE_LIMIT is "much"');
});
