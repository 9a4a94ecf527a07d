import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detectFormat, formats, outputFormats } from "./index.ts";

test("every format is called what the table calls it, and meets the contract in a test of its own", () => {
  for (const [key, { name }] of Object.entries(outputFormats)) {
    expect(name).toBe(key);
    expect(existsSync(join(import.meta.dirname, "formats", `${name}.test.ts`)), `formats/${name}.test.ts`).toBe(true);
  }
});

test("the ending decides where there is nothing to look at, the content where there is", () => {
  expect(detectFormat("corpus/train.unknown")).toBeUndefined();
  expect(detectFormat("corpus/train.unknown", '\n{"tokens":["a"],"entities":[],"relations":[]}\n')).toBe(formats.jsonl);
  expect(detectFormat("a.jsonl", '{"sentences":[["a"]],"ner":[[]]}')).not.toBe(formats.jsonl);
  expect(detectFormat("a.jsonl", '{"text":"a","entities":[{"id":0,"label":"A","start_offset":0,"end_offset":1}]}')).not.toBe(
    formats.jsonl,
  );
  expect(detectFormat("a.jsonl", '{"text":"a","tokens":[{"text":"a","id":0}],"spans":[]}')).not.toBe(formats.jsonl);
});
