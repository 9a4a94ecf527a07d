import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findParts } from "./find-parts.ts";
import { isConfigFile } from "./is-config-file.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "weft-parts-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...names: readonly string[]): string[] {
  return names.map((name) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
    return path;
  });
}

test("files are sorted by their names, and one file alone is to train on", async () => {
  const [train = "", dev = "", test = "", more = ""] = write("my-train.jsonl", "valid.json", "corpus.test.conll", "more.jsonl");
  expect(await findParts([dev, more, train, test])).toEqual({ train: [more, train], dev: [dev], test: [test] });
  expect(await findParts([dev])).toEqual({ train: [dev], dev: [], test: [] });
  await expect(findParts([dev, test])).rejects.toMatchObject({
    code: "USAGE_INVALID",
    message: expect.stringContaining("no file to train on") as string,
  });
});

test("a folder stands for the parts in it, for its documents, or for its data files", async () => {
  const parts = write("parts/train.jsonl", "parts/dev.jsonl", "parts/weft.yaml", "parts/README.md");
  expect(await findParts([join(folder, "parts")])).toEqual({ train: [parts[0]], dev: [parts[1]], test: [] });
  write("split/train/a.ann", "split/train/a.txt", "split/dev/b.ann", "split/dev/b.txt");
  expect(await findParts([join(folder, "split")])).toEqual({
    train: [join(folder, "split/train")],
    dev: [join(folder, "split/dev")],
    test: [],
  });
  write("brat/a.ann", "brat/a.txt", "brat/train.ann", "brat/train.txt");
  expect(await findParts([join(folder, "brat")])).toEqual({ train: [join(folder, "brat")], dev: [], test: [] });
  const loose = write("loose/b.jsonl", "loose/a.jsonl", "loose/package.json");
  expect(await findParts([join(folder, "loose")])).toEqual({ train: [loose[1], loose[0]], dev: [], test: [] });
});

test("what is missing or piped is refused", async () => {
  await expect(findParts([join(folder, "none.jsonl")])).rejects.toMatchObject({ code: "FILE_MISSING" });
  await expect(findParts(["-"])).rejects.toMatchObject({ code: "USAGE_INVALID" });
});

test.each<[string, string, boolean]>([
  ["a.yaml", "not: [even", true],
  ["config.json", '{"data": {"train": "train.jsonl"}}', true],
  ["settings", "data:\n  train: train.jsonl\n", true],
  ["data.json", '[{"tokens": ["a"]}]', false],
  ["object.json", '{"data": [1]}', false],
  ["broken.json", "{", false],
  ["train.jsonl", '{"data": {"train": "x"}}', false],
])("%s with %j is a configuration: %s", async (name, text, expected) => {
  writeFileSync(join(folder, name), text);
  expect(await isConfigFile(join(folder, name))).toBe(expected);
  expect(await isConfigFile(join(folder, "none"))).toBe(false);
});
