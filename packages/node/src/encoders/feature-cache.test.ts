import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FeatureCache } from "./feature-cache.ts";
import { featureFolder, listFeatureFiles } from "./feature-files.ts";

const root = mkdtempSync(join(tmpdir(), "weft-feature-cache-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const group = { name: "own/tiny", checksum: "a".repeat(64), pieces: "mean", layers: "mix", kernels: "k", size: 3 } as const;
const sentences = [["a", "b"], ["c"], ["a b"]];
const features = [Uint16Array.of(1, 2, 3, 4, 5, 6), Uint16Array.of(7, 8, 9), Uint16Array.of(10, 11, 12)];

test("features are found again by the words of their sentence, in this process and in a later one", async () => {
  const cache = join(root, "usual");
  const first = new FeatureCache(cache);
  expect(await first.read(group, sentences)).toEqual([undefined, undefined, undefined]);
  await first.write(group, sentences.slice(0, 2), features.slice(0, 2));
  await first.write(group, sentences.slice(2), features.slice(2));
  for (const each of [first, new FeatureCache(cache)]) {
    expect(await each.read(group, [...sentences].reverse())).toEqual([...features].reverse());
    expect(await each.read(group, [["b", "a"]])).toEqual([undefined]);
    expect(each.problem).toBeUndefined();
  }
  expect(await listFeatureFiles(cache)).toHaveLength(2);
});

test("everything that decides features keeps them apart", async () => {
  const cache = join(root, "apart");
  const store = new FeatureCache(cache);
  await store.write(group, sentences, features);
  for (const other of [
    { checksum: "b".repeat(64) },
    { pieces: "first" },
    { layers: "last" },
    { kernels: "other" },
    { size: 6 },
  ] as const) {
    expect((await store.read({ ...group, ...other }, sentences))[0]).toBeUndefined();
  }
  expect((await store.read({ ...group, name: "own/tiny" }, sentences))[0]).toEqual(features[0]);
});

test("a broken file is removed, one that is cut meanwhile is not believed", async () => {
  const cache = join(root, "broken");
  const store = new FeatureCache(cache);
  await store.write(group, sentences, features);
  const [file] = await listFeatureFiles(cache);
  const path = file?.path ?? "";
  writeFileSync(join(path, "..", "noise.safetensors"), "noise");
  const other = new FeatureCache(cache);
  expect(await other.read(group, sentences)).toEqual(features);
  expect(readdirSync(join(path, ".."))).toHaveLength(1);
  truncateSync(path, (file?.bytes ?? 0) - 8);
  expect(await other.read(group, sentences)).toContain(undefined);
  expect(await new FeatureCache(cache).read(group, sentences)).toEqual([undefined, undefined, undefined]);
});

test("a cache that cannot be written is a problem to tell, not a failure", async () => {
  const cache = join(root, "blocked");
  mkdirSync(cache);
  writeFileSync(featureFolder(cache), "a file where the folder should be");
  const store = new FeatureCache(cache);
  await store.write(group, sentences, features);
  expect(store.problem).toContain("FILE_");
  expect(await store.read(group, sentences)).toEqual([undefined, undefined, undefined]);
});
