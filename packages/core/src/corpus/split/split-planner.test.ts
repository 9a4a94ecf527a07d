import fc from "fast-check";
import { expect, test } from "vitest";
import { type Document, documentFromSentence } from "../../schema/index.ts";
import { SplitPlanner, type SplitShares, splitParts } from "./index.ts";

const eighty: SplitShares = { train: 0.8, dev: 0.1, test: 0.1 };

/** A document of one sentence with the requested number of relations of each type. */
function document(id: string, text: string, types: readonly string[] = [], doc?: string): Document {
  const tokens = text.split(" ");
  const entities = tokens.map((_, start) => ({ start, end: start + 1, type: "T" }));
  const relations = types.map((type) => ({ head: 0, tail: tokens.length - 1, type }));
  const made = documentFromSentence({ id, tokens, entities, relations });
  return doc === undefined ? made : { ...made, metadata: { doc } };
}

function plan(documents: readonly Document[], shares: SplitShares = eighty, seed = 1, sharedFrom = 1) {
  const planner = new SplitPlanner({ sharedFrom });
  for (const each of documents) planner.add(each);
  return planner.plan(shares, seed);
}

/**
 * Several sentences of a few words, so that many are equal, with relation types of different
 * frequency.
 */
const anyDocuments = fc
  .array(
    fc.record({
      sentences: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
      types: fc.array(fc.constantFrom("a", "a", "a", "a", "b", "b", "c"), { maxLength: 4 }),
      doc: fc.option(fc.nat(12)),
    }),
    { maxLength: 60 },
  )
  .map((all) =>
    all.map(({ sentences, types, doc }, index): Document => {
      const words = sentences.map((number) => `s${number} end`).join(" ");
      const whole = document(`d${index}`, words, types, doc === null ? undefined : `doc-${doc}`);
      return { ...whole, sentences: sentences.map((_, place) => ({ start: 2 * place, end: 2 * place + 2 })) };
    }),
  );

const anyShares = fc
  .tuple(fc.nat(8), fc.nat(8), fc.nat(8))
  .filter((weights) => weights.some((weight) => weight > 0))
  .map(([train, dev, test]): SplitShares => {
    const sum = train + dev + test;
    return { train: train / sum, dev: dev / sum, test: test / sum };
  });

test("every document is in one part with a share, and no sentence or document name is in two", () => {
  fc.assert(
    fc.property(anyDocuments, anyShares, fc.integer(), (documents, shares, seed) => {
      const { parts, sizes } = plan(documents, shares, seed);
      expect(parts).toHaveLength(documents.length);
      const partOf = new Map<string, string>();
      for (const [index, { tokens, sentences, metadata }] of documents.entries()) {
        const part = parts[index] as "train";
        expect(shares[part]).toBeGreaterThan(0);
        const keys = sentences.map(({ start, end }) =>
          tokens
            .slice(start, end)
            .map(({ text }) => text)
            .join(" "),
        );
        if (typeof metadata["doc"] === "string") keys.push(`name ${metadata["doc"]}`);
        for (const key of keys) {
          expect(partOf.get(key) ?? part).toBe(part);
          partOf.set(key, part);
        }
      }
      const total = (name: "documents" | "sentences" | "relations"): number =>
        splitParts.reduce((sum, part) => sum + sizes[part][name], 0);
      expect(total("documents")).toBe(documents.length);
      expect(total("sentences")).toBe(documents.reduce((sum, { sentences }) => sum + sentences.length, 0));
      expect(total("relations")).toBe(documents.reduce((sum, { relations }) => sum + relations.length, 0));
    }),
  );
});

test("the parts depend only on the seed", () => {
  const documents = Array.from({ length: 200 }, (_, index) => document(`${index}`, `w${index} x`, [index % 7 === 0 ? "b" : "a"]));
  const first = plan(documents).parts;
  expect(plan(documents).parts).toEqual(first);
  expect(plan(documents, eighty, 2).parts).not.toEqual(first);
});

test("each type follows the shares as closely as whole relations allow", () => {
  const types = ["common", "common", "common", "rare"];
  const documents = Array.from({ length: 400 }, (_, index) => document(`${index}`, `w${index} x`, [types[index % 4] ?? ""]));
  const { types: spread, sizes, groups } = plan(documents);
  expect(spread.map(({ type, counts }) => [type, counts])).toEqual([
    ["common", { train: 240, dev: 30, test: 30 }],
    ["rare", { train: 80, dev: 10, test: 10 }],
  ]);
  expect(sizes.dev).toEqual({ documents: 40, sentences: 40, relations: 40 });
  expect(groups).toEqual({ count: 400, largest: { documents: 1, sentences: 1 } });
});

test("a rare type is in each part, which a random split often misses", () => {
  for (let seed = 0; seed < 20; seed++) {
    const documents = Array.from({ length: 300 }, (_, index) =>
      document(`${index}`, `w${index} x`, index % 30 === 0 ? ["rare", "common"] : ["common"]),
    );
    const rare = plan(documents, eighty, seed).types.find(({ type }) => type === "rare");
    expect(rare).toMatchObject({ total: 10, counts: { train: 8, dev: 1, test: 1 } });
    expect(rare?.deviations.train).toBeCloseTo(0);
  }
});

test("documents with many relations go first, so types stay balanced when sizes differ", () => {
  const documents = Array.from({ length: 60 }, (_, index) =>
    document(
      `${index}`,
      `w${index} x`,
      Array.from({ length: 1 + (index % 12) }, () => "r"),
    ),
  );
  const [spread] = plan(documents).types;
  for (const part of splitParts) expect(Math.abs(spread?.deviations[part] ?? 1)).toBeLessThan(0.01);
});

test("documents that share a sentence, even through a third, stay together unless it is short", () => {
  const documents = [document("1", "a b c"), document("2", "d e f"), document("3", "see also")];
  const two: Document = {
    ...document("4", "d e f a b c"),
    sentences: [
      { start: 0, end: 3 },
      { start: 3, end: 6 },
    ],
  };
  const short = Array.from({ length: 40 }, (_, index): Document => {
    const whole = document(`s${index}`, `see also w${index} x y`);
    return {
      ...whole,
      sentences: [
        { start: 0, end: 2 },
        { start: 2, end: 5 },
      ],
    };
  });
  const { groups, parts } = plan([...documents, two, ...short]);
  expect(groups).toEqual({ count: 2, largest: { documents: 41, sentences: 81, shared: "see also" } });
  expect(parts[0]).toBe(parts[1]);
  expect(plan([...documents, two, ...short], eighty, 1, 3).groups).toEqual({
    count: 42,
    largest: { documents: 3, sentences: 4, shared: "d e f" },
  });
});

/** Documents of five different sentences; the first `tied` of them begin with the same heading. */
function abstracts(count: number, tied: number, heading: string, annotated: boolean): Document[] {
  return Array.from({ length: count }, (_, index) => {
    const words = index < tied ? heading.split(" ") : [];
    const starts = Array.from({ length: 5 }, (_, place) => words.length + 4 * place);
    const tokens = [...words, ...starts.flatMap((_, place) => [`P${index}.${place}`, "runs", `O${index}.${place}`, "."])];
    const entities = starts.flatMap((start) => [start, start + 2].map((at) => ({ start: at, end: at + 1, type: "T" })));
    const relations = starts.map((_, place) => ({
      head: 2 * place,
      tail: 2 * place + 1,
      type: ["runs", "owns", "left"][(index + place) % 3] ?? "",
    }));
    const marked = annotated && words.length > 0 ? [{ start: 0, end: 1, type: "T" }] : [];
    const plain = documentFromSentence({ id: `d${index}`, tokens, entities: [...entities, ...marked], relations });
    const heads = words.length === 0 ? [] : [{ start: 0, end: words.length }];
    return { ...plain, sentences: [...heads, ...starts.map((start) => ({ start, end: start + 4 }))] };
  });
}

test.each([
  ["a short heading", "Abstract", false, 100, 1],
  ["a short heading with an entity", "Abstract", true, 100, 1],
  ["a long footer without annotation", "All rights reserved by the society .", false, 100, 1],
  ["a long sentence with an entity", "Acme was founded in 1901 .", true, 61, 40],
])("%s in 40 of 100 documents leaves 80, 10 and 10 per cent", (_, heading, annotated, groups, largest) => {
  const { deviations, groups: found, parts } = plan(abstracts(100, 40, heading, annotated), eighty, 1, 4);
  expect(found).toMatchObject({ count: groups, largest: { documents: largest } });
  for (const part of splitParts) expect(Math.abs(deviations[part])).toBeLessThan(0.02);
  if (largest > 1) expect(new Set(parts.slice(0, 40))).toEqual(new Set(["train"]));
});

test("with `shared: all`, sentences without annotation join documents too", () => {
  const planner = new SplitPlanner({ sharedFrom: 1, shared: "all" });
  for (const each of abstracts(20, 5, "Abstract", false)) planner.add(each);
  expect(planner.plan(eighty, 1).groups).toMatchObject({ count: 16, largest: { documents: 5, shared: "Abstract" } });
});

test("a group larger than every part but train goes to train, and the deviations say so", () => {
  const { parts, deviations, groups } = plan(abstracts(100, 90, "Acme was founded in 1901 .", true), eighty, 1, 4);
  expect(new Set(parts.slice(0, 90))).toEqual(new Set(["train"]));
  expect(groups.largest).toMatchObject({ documents: 90, shared: "Acme was founded in 1901 ." });
  expect(deviations.train).toBeGreaterThan(0.09);
  for (const part of splitParts) expect(parts).toContain(part);
});

test("documents larger than a part are divided as evenly as they allow, with no part empty", () => {
  const count = (documents: number): number[] => {
    const { sizes } = plan(abstracts(documents, 0, "", false));
    return splitParts.map((part) => sizes[part].documents);
  };
  expect(count(5)).toEqual([3, 1, 1]);
  expect(count(8)).toEqual([6, 1, 1]);
  expect(count(3)).toEqual([1, 1, 1]);
  expect(count(1)).toEqual([1, 0, 0]);
});

test("the shares are met within two points whatever the sizes and the relations of documents", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 9 })), { minLength: 150, maxLength: 300 }),
      fc.nat(99),
      (sizes, seed) => {
        const documents = sizes.map(([sentences, relations], index): Document => {
          const whole = document(
            `d${index}`,
            Array.from({ length: 2 * sentences }, (_, at) => `w${index}.${at}`).join(" "),
            Array.from({ length: relations }, (_, at) => `r${(index * at) % 3}`),
          );
          return { ...whole, sentences: Array.from({ length: sentences }, (_, at) => ({ start: 2 * at, end: 2 * at + 2 })) };
        });
        const { deviations } = plan(documents, eighty, seed);
        for (const part of splitParts) expect(Math.abs(deviations[part])).toBeLessThan(0.02);
      },
    ),
    { numRuns: 30 },
  );
});

test("ids of different sources have nothing to do with each other, names of documents have", () => {
  const planner = new SplitPlanner();
  for (const source of ["a", "b"]) {
    planner.add(document("1", `${source} x y z`), source);
    planner.add(document("2", `${source} u v w`, [], "report"), source);
  }
  expect(planner.plan(eighty, 1).groups.count).toBe(3);
});

test("refuses shares outside 0 to 1 or that do not sum to 1", () => {
  expect(() => plan([], { train: 0.8, dev: 0.2, test: 0.2 })).toThrow(
    "the shares 0.8, 0.2, 0.2 sum to 1.2, expected 1 (SETTING_INVALID)",
  );
  expect(() => plan([], { train: 1.5, dev: -0.5, test: 0 })).toThrow("train: the share is 1.5, expected a number from 0 to 1");
  expect(() => plan([], { train: Number.NaN, dev: 0.5, test: 0.5 })).toThrow("train: the share is NaN");
});
