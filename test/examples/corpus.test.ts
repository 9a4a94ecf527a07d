import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Sentence, sentencesOf, validateSentence } from "@weft-nlp/core";
import { formats } from "@weft-nlp/core/formats";
import { labelReport, overlapClasses } from "@weft-nlp/core/metrics";
import { describe, expect, test } from "vitest";

// The properties of the bundled corpus: enough sentences and types, overlapping triples, sentences
// without triples, and no triples to memorise.
const splits = { train: await read("train"), dev: await read("dev"), test: await read("test") };
const all = Object.values(splits).flat();

async function read(name: string): Promise<Sentence[]> {
  const path = fileURLToPath(new URL(`../../examples/corpus/${name}.jsonl`, import.meta.url));
  const sentences: Sentence[] = [];
  for await (const event of formats.jsonl.read([readFileSync(path, "utf8")], { source: path })) {
    if (event.kind === "omission") throw new Error(`${path}: ${event.omission.reason}`);
    sentences.push(...sentencesOf(event.document).sentences);
  }
  return sentences;
}

describe("the bundled corpus", () => {
  test("every sentence is valid, no two are equal, and no text is in two parts", () => {
    for (const sentence of all) validateSentence(sentence);
    expect(new Set(all.map((sentence) => sentence.tokens.join(" "))).size).toBe(all.length);
  });

  test("is large and varied enough", () => {
    expect(all.length).toBeGreaterThanOrEqual(500);
    expect(new Set(all.flatMap(({ entities }) => entities.map(({ type }) => type))).size).toBeGreaterThanOrEqual(6);
    expect(new Set(all.flatMap(({ relations }) => relations.map(({ type }) => type))).size).toBeGreaterThanOrEqual(10);
    expect(all.some(({ entities }) => entities.some(({ start, end }) => end - start >= 3))).toBe(true);
  });

  test.each(Object.entries(splits))(
    "%s has shared arguments, two relations on a pair, and sentences without relations",
    (_, part) => {
      const classes = part.map((sentence) => overlapClasses(sentence));
      expect(classes.filter((names) => names.includes("SEO")).length).toBeGreaterThan(part.length / 5);
      expect(classes.filter((names) => names.includes("EPO")).length).toBeGreaterThan(part.length / 20);
      const apart = part.filter(({ entities, relations }) => relations.length === 0 && entities.length > 1);
      expect(apart.length).toBeGreaterThan(part.length / 20);
    },
  );

  test("under 20 % of the test triples occur in train, and every label of test occurs in train", () => {
    const report = labelReport(splits.train, splits.test);
    expect(report.leakage).toBeLessThan(0.2);
    expect({ ...report.entityTypesNotInTrain, ...report.relationTypesNotInTrain }).toEqual({});
  });
});
