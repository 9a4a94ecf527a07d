import type { Sentence } from "@weft-nlp/core";
import { corpusStatistics } from "@weft-nlp/core/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkXml } from "./check-xml.test.ts";
import { statisticsPicture } from "./statistics-picture.ts";

function sentence(entityType: string | null, relationType: string): Sentence {
  const entities = [
    { start: 0, end: 1, type: entityType },
    { start: 3, end: 4, type: entityType },
  ];
  return { id: "1", tokens: ["Ada", "works", "for", "Acme"], entities, relations: [{ head: 0, tail: 1, type: relationType }] };
}

test("every panel is there, with numbers and shares, and rare types are combined", () => {
  const sentences = Array.from({ length: 20 }, (_, index) => sentence("PER", `r${index < 6 ? 0 : index}`));
  const svg = statisticsPicture({
    title: "train",
    corpora: [{ name: "train", statistics: corpusStatistics(sentences) }],
    shownTypes: 3,
  });
  expect(checkXml(svg)).toBe("");
  for (const panel of [
    "Sentences by length in tokens",
    "Sentences by number of entities",
    "Sentences by number of triples",
    "Relations by words between their ends",
    "Sentences by overlap of triples",
    "Entities by type",
    "Relations by type",
  ])
    expect(svg).toContain(`>${panel}</text>`);
  expect(svg).toContain("20 sentences, 40 entities, 20 relations");
  expect(svg).toContain("<title>r0: 6 · 30.0 %</title>");
  expect(svg).toContain("<title>12 more types: 12 · 60.0 %</title>");
});

test("the picture is well-formed and its numbers finite for any names of types and any number of corpora", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 80 });
  const corpus = fc.array(fc.tuple(fc.option(name), name), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, corpus), { maxLength: 3 }), name, (given, title) => {
      const corpora = given.map(([each, types]) => ({
        name: each,
        statistics: corpusStatistics(types.map(([entity, relation]) => sentence(entity, relation))),
      }));
      const svg = statisticsPicture({ title, corpora });
      expect(checkXml(svg)).toBe("");
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }),
    { numRuns: 12 },
  );
});
