import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Document } from "../schema/index.ts";
import { readFiles, writeFiles } from "../testing/describe-format.ts";
import { adaDocument, adaTokens, annotationsOf } from "../testing/format-documents.ts";
import type { Format } from "./format.ts";
import { detectFormat, detectFormats, formats, outputFormats } from "./formats.ts";
import { fitDocument } from "./shared/fit.ts";

const all: readonly Format[] = Object.values(formats);

test("every format has its name from the table and its own contract test", () => {
  for (const [key, { name }] of Object.entries(formats)) expect(name).toBe(key);
  for (const { name } of outputFormats) {
    expect(existsSync(join(import.meta.dirname, `${name}.test.ts`)), `formats/${name}.test.ts`).toBe(true);
  }
});

function fitAll(documents: readonly Document[], { holds }: Format): Document[] {
  return documents.flatMap((document) => fitDocument(document, holds).records);
}

test.each(all.flatMap((from) => all.map((to) => [from.name, to.name, from, to] as const)))(
  "a document that %s and %s hold comes back through both",
  async (_, __, from, to) => {
    const document = from.holds.text && to.holds.text ? adaDocument("1") : adaTokens("1");
    const common = fitAll(fitAll([document], to), from);
    const first = await writeFiles(from, common);
    const between = await readFiles(from, first.files);
    const second = await writeFiles(to, between.documents);
    const { documents } = await readFiles(to, second.files);
    expect(annotationsOf(documents)).toEqual(annotationsOf(fitAll(common, to)));
    expect(documents.flatMap(({ relations }) => relations)).toHaveLength(from.holds.relations && to.holds.relations ? 2 : 0);
  },
);

test("content decides if there is any, otherwise the ending does", () => {
  expect(detectFormat("corpus/train.unknown")).toBeUndefined();
  expect(detectFormat("corpus/train.ann")).toBe(formats.brat);
  expect(detectFormats("a.jsonl").length).toBeGreaterThan(1);
  expect(detectFormat("a.jsonl")).toBeUndefined();
  expect(detectFormat("corpus/train.unknown", '\n{"tokens":["a"],"entities":[],"relations":[]}\n')).toBe(formats.jsonl);
  expect(
    detectFormat("a.jsonl", '{"text":"a","entities":[]}\n{"text":"a","entities":[{"startChar":0,"endChar":1,"type":"A"}]}\n{"te'),
  ).toBe(formats.jsonl);
  expect(detectFormat("a.jsonl", '{"text":"a","entities":[{"id":0,"label":"A","start_offset":0,"end_offset":1}]}')).toBe(
    formats.doccano,
  );
  expect(detectFormat("a.jsonl", '{"text":"a","tokens":[{"text":"a","start":0,"end":1,"id":0}],"spans":[]}')).toBe(
    formats.prodigy,
  );
  expect(detectFormat("a.json", '[{"data":{"text":"a"},"annotations":[]},')).toBe(formats["label-studio"]);
  expect(detectFormat("a.json", '[{"data"')).toBeUndefined();
});
