import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Annotation, Entity, Relation, Sentence } from "../schema/index.ts";
import {
  buildMemoryBaseline,
  Evaluation,
  evaluate,
  flatTags,
  formatMarkdown,
  formatReport,
  type Prediction,
  type ProtocolName,
  protocolName,
  protocols,
  sentenceCounts,
  sentenceF1,
  withRawOutput,
} from "./index.ts";

const entity = (start: number, end: number, type: string | null = null): Entity => ({ start, end, type });
const relation = (head: number, type: string, tail: number): Relation => ({ head, tail, type });
const cell = (head: number, type: string, tail: number) => ({ head, tail, type });

// Four sentences. Below, "C/P/G" is correct / predicted / gold.
//
// A Ada Lovelace joined Acme Corp in Paris . words 0 to 7; the prediction has Corp for Acme Corp,
// Paris as ORG,
//                                                      based_in turned round and lives_in twice
// B AC Milan won in Milan . gold nests Milan in AC Milan and says based_in twice; the prediction
//                                                      takes the later Milan for both relations
// C  Nothing .                                         gold is empty; the prediction has one entity
// D  Ann met Bob                                       the prediction turns met round
const gold: Sentence[] = [
  {
    id: "A",
    tokens: ["Ada", "Lovelace", "joined", "Acme", "Corp", "in", "Paris", "."],
    entities: [entity(0, 2, "PER"), entity(3, 5, "ORG"), entity(6, 7, "LOC")],
    relations: [relation(0, "works_for", 1), relation(1, "based_in", 2), relation(0, "lives_in", 2)],
  },
  {
    id: "B",
    tokens: ["AC", "Milan", "won", "in", "Milan", "."],
    entities: [entity(0, 2, "ORG"), entity(1, 2, "LOC"), entity(4, 5, "LOC")],
    relations: [relation(0, "ground", 1), relation(0, "based_in", 2), relation(0, "based_in", 2)],
  },
  { id: "C", tokens: ["Nothing", "."], entities: [], relations: [] },
  {
    id: "D",
    tokens: ["Ann", "met", "Bob"],
    entities: [entity(0, 1, "PER"), entity(2, 3, "PER")],
    relations: [relation(0, "met", 1)],
  },
];

const predicted: Prediction[] = [
  {
    entities: [entity(0, 2, "PER"), entity(4, 5, "ORG"), entity(6, 7, "ORG")],
    relations: [relation(0, "works_for", 1), relation(0, "lives_in", 2), relation(2, "based_in", 1), relation(0, "lives_in", 2)],
    cells: [cell(1, "works_for", 4), cell(1, "lives_in", 6), cell(6, "based_in", 4), cell(2, "works_for", 7)],
    tags: ["B-PER", "E-PER", "O", "O", "S-ORG", "O", "S-ORG", "O"],
  },
  {
    entities: [entity(0, 2, "ORG"), entity(4, 5, "LOC")],
    relations: [relation(0, "ground", 1), relation(0, "based_in", 1)],
    cells: [cell(1, "ground", 1), cell(1, "based_in", 4), cell(1, "based_in", 4)],
    tags: ["B-ORG", "E-ORG", "O", "O", "S-LOC", "O"],
  },
  { entities: [entity(0, 1, "PER")], relations: [], cells: [], tags: ["S-PER", "O"] },
  {
    entities: [entity(0, 1, "PER"), entity(2, 3, "PER")],
    relations: [relation(1, "met", 0)],
    cells: [cell(2, "met", 0)],
    tags: ["S-PER", "O", "S-PER"],
  },
];

type Counted = readonly [correct: number, predicted: number, gold: number];

const byHand: Record<string, Counted> = {
  // A 0/3/3: works_for has a wrong span, lives_in a wrong type, based_in is reversed; lives_in
  // counts once. B 1/2/2: based_in, which gold repeats and counts once. D 0/1/1.
  strict: [1, 6, 6],
  // Without types A gains lives_in: 1/3/3.
  boundaries: [2, 6, 6],
  exact: [2, 6, 6],
  // A 1/3/3: Corp maps to Acme Corp, whose words have ORG, so works_for is right; Paris is LOC and
  // only ORG is predicted. B 1/2/2: the later Milan maps to itself, so ground is wrong.
  relaxed: [2, 6, 6],
  // A 2/3/3: works_for ends at words 1 and 4, lives_in at 1 and 6. B 1/2/2: gold's ground ends at 1
  // and 1, not at 1 and 4.
  "partial-last": [3, 6, 6],
  // A 1/3/3: works_for begins at 0 and 3, predicted 0 and 4. B 1/2/2.
  "partial-first": [2, 6, 6],
  // A 1/3/3 (lives_in). B 2/2/2: "AC Milan ground Milan" is right wherever Milan stands.
  surface: [3, 6, 6],
  // A 2/4/3: the cell at words 2 and 7 has no entity and still counts as predicted. B 2/2/2: the
  // second based_in cell is the same cell. D 0/1/1.
  "rin-partial": [4, 7, 6],
  // A 0/4/3: no tags for Acme, S-ORG on Paris. B 2/2/2: nested Milan has the slice E-ORG of the
  // longer entity. D 0/1/1.
  "rin-exact": [2, 7, 6],
  // No cell of A or B is at two first words; D's only cell is reversed.
  "rin-partial-first": [0, 7, 6],
  "rin-exact-first": [0, 7, 6],
  // B 1/2/1: ground leaves gold because nested Milan cannot be read back from flat tags. The rest
  // as strict.
  "mrt-code": [1, 6, 5],
  // As strict when entities are given; D is right in either order.
  pairs: [1, 6, 6],
  "pairs-undirected": [2, 6, 6],
  // A 1/3/3, B 2/2/3, C 0/1/0, D 2/2/2.
  "ner-strict": [5, 8, 8],
  // A 2/3/3: Paris.
  "ner-boundaries": [6, 8, 8],
  // A 2/3/3: a word of Acme Corp has ORG; Paris has the wrong type. B 2/2/3: no prediction maps to
  // nested Milan. C 0/1/0. D 2/2/2.
  "ner-relaxed": [6, 8, 8],
};

const names = protocols.names;
const report = evaluate(gold, predicted, { protocols: names });

describe("the fixture computed by hand", () => {
  test.each(names)("%s", (name) => {
    const [correct, predictedItems, goldItems] = byHand[name] as Counted;
    const { micro } = report.protocols[name] ?? {};
    expect(micro).toMatchObject({ correct, predicted: predictedItems, gold: goldItems });
    expect(micro?.precision).toBe(correct / predictedItems);
    expect(micro?.recall).toBe(correct / goldItems);
  });

  test("averages over types", () => {
    // strict: based_in has C/P/G 1/2/2, so P = R = F1 = 0.5; works_for, lives_in, ground and met
    // have 0/1/1.
    expect(report.protocols.strict?.byType["based_in"]).toMatchObject({ correct: 1, predicted: 2, gold: 2, f1: 0.5 });
    expect(report.protocols.strict?.macro).toEqual({ precision: 0.1, recall: 0.1, f1: 0.1, classes: 5 });
    expect(report.protocols.strict?.weighted.f1).toBeCloseTo((2 * 0.5) / 6, 12);
    // ner-strict: PER 3/4/3, ORG 1/3/2 (AC Milan), LOC 1/1/3 (the later Milan).
    expect(report.protocols["ner-strict"]?.byType).toMatchObject({
      PER: { correct: 3, predicted: 4, gold: 3 },
      ORG: { correct: 1, predicted: 3, gold: 2 },
      LOC: { correct: 1, predicted: 1, gold: 3 },
    });
  });

  test("mistakes", () => {
    // A: lives_in is right; works_for and based_in are missed because Acme Corp is; two pairs are
    // superfluous. B: based_in is right, ground is superfluous on its pair and missed on that of
    // the nested Milan. D: one missed, one superfluous.
    expect(report.mistakes.relations).toEqual({
      correct: 2,
      falseNegative: 4,
      falsePositive: 4,
      wrongClass: 0,
      argumentMissing: 3,
    });
    expect(report.mistakes.entities).toEqual({ correct: 5, wrongType: 1, wrongBoundary: 1, missing: 1, spurious: 1 });
    expect(report.cells).toEqual({ predicted: 8, withoutEntity: 1 });
  });

  test("breakdowns", () => {
    const { breakdowns } = report.protocols.boundaries ?? {};
    // Gold distances: A 1, 1, 4; B 0 (nested), 2; D 1. Wrong predictions: A 2 and 1, B 2, D 1.
    expect(breakdowns?.distance).toMatchObject({
      0: { correct: 0, predicted: 0, gold: 1 },
      1: { correct: 0, predicted: 2, gold: 3 },
      2: { correct: 1, predicted: 3, gold: 1 },
      4: { correct: 1, predicted: 1, gold: 1 },
    });
    expect(breakdowns?.overlap).toMatchObject({
      SEO: { correct: 2, gold: 5 },
      Normal: { correct: 0, gold: 1 },
      none: { gold: 0 },
    });
    expect(breakdowns?.tripleCount).toMatchObject({ 0: { gold: 0 }, 1: { gold: 1 }, 2: { gold: 2 }, 3: { gold: 3 } });
    expect(breakdowns?.argumentTypes?.["PER → ORG"]).toMatchObject({ correct: 0, predicted: 1, gold: 1 });
    // The right lives_in counts where gold has it, though Paris is predicted as ORG.
    expect(breakdowns?.argumentTypes?.["PER → LOC"]).toMatchObject({ correct: 1, predicted: 1, gold: 1 });
    expect(report.sentencesWithoutRelations).toBe(1);
  });
});

test("train adds the memory baseline and the seen / unseen breakdown", () => {
  // Train has one triple from A of the fixture. It is found again in A, the only sentence with both
  // strings.
  const memory = buildMemoryBaseline([{ ...(gold[0] as Sentence), relations: [relation(0, "works_for", 1)] }]);
  const scored = evaluate(gold, predicted, { protocols: ["strict", "rin-exact"], memory }).protocols;
  expect(scored.strict?.memory).toMatchObject({ correct: 1, predicted: 1, gold: 6 });
  // One cell of the baseline, and both its entities' tags.
  expect(scored["rin-exact"]?.memory).toMatchObject({ correct: 1, predicted: 1, gold: 6 });
  // Predicted "Ada Lovelace works_for Corp" is another triple of strings.
  expect(scored.strict?.breakdowns.seen).toMatchObject({
    seen: { correct: 0, predicted: 0, gold: 1 },
    unseen: { gold: 5, predicted: 6 },
  });
});

test("ignored classes count on neither side", () => {
  const { micro, macro } =
    evaluate(gold, predicted, { protocols: ["strict"], ignoredTypes: ["met", "ground"] }).protocols.strict ?? {};
  expect(micro).toMatchObject({ correct: 1, predicted: 4, gold: 4 });
  expect(macro?.classes).toBe(3);
});

test("choosing the only classes equals ignoring all others", () => {
  const names = ["strict", "ner-strict", "pairs"];
  const memory = buildMemoryBaseline(gold);
  const types = new Set(
    gold
      .concat(predicted as Sentence[])
      .flatMap(({ entities, relations }) => [...entities, ...relations].map(({ type }) => type ?? "")),
  );
  const only = ["works_for", "PER"];
  const report = evaluate(gold, predicted, { protocols: names, memory, onlyTypes: only, intervals: { resamples: 100 } });
  const rest = [...types].filter((type) => !only.includes(type));
  const same = evaluate(gold, predicted, { protocols: names, memory, ignoredTypes: rest, intervals: { resamples: 100 } });
  expect({ ...report, onlyTypes: [], ignoredTypes: rest }).toEqual(same);
  expect(report).toMatchObject({ onlyTypes: only, ignoredTypes: [] });
  expect(Object.keys(report.protocols.strict?.byType ?? {})).toEqual(["works_for"]);
  expect(Object.keys(report.protocols["ner-strict"]?.byType ?? {})).toEqual(["PER"]);
  expect(report.protocols.strict?.micro.gold).toBeLessThan(
    evaluate(gold, predicted, { protocols: names }).protocols.strict?.micro.gold ?? 0,
  );
  // Empty means all, and ignored classes stay ignored.
  expect(evaluate(gold, predicted, { protocols: names, onlyTypes: [] })).toEqual(evaluate(gold, predicted, { protocols: names }));
  const none = evaluate(gold, predicted, { protocols: names, onlyTypes: only, ignoredTypes: only });
  expect(none.protocols.pairs?.micro).toMatchObject({ gold: 0, predicted: 0 });
});

test("the risk's F1 of a perfect prediction is 1, even without items", () => {
  const [a, b, c] = gold as [Sentence, Sentence, Sentence];
  expect(sentenceF1("strict", c, { entities: [], relations: [] }, c.tokens)).toBe(1);
  expect(sentenceF1("ner-strict", c, { entities: [entity(0, 1)], relations: [] }, c.tokens)).toBe(0);
  expect(sentenceF1("strict", a, a, a.tokens)).toBe(1);
  expect(sentenceF1("mrt-code", b, b, b.tokens)).toBe(1);
});

test("resolves names by the choice, and refuses unknown ones", () => {
  expect(protocolName("partial")).toBe("partial-last");
  expect(protocolName("partial", { anchor: "first" })).toBe("partial-first");
  expect(protocolName("rin-exact", { anchor: "first" })).toBe("rin-exact-first");
  expect(protocolName("pairs", { directed: false })).toBe("pairs-undirected");
  expect(() => protocolName("strickt")).toThrow(/SETTING_INVALID/);
  expect(() => protocolName("toString")).toThrow(/SETTING_INVALID/);
});

test("refuses missing raw output, dangling relations and unequal lists", () => {
  const bare: Annotation = { entities: [], relations: [] };
  expect(() => evaluate([gold[0] as Sentence], [bare], { protocols: ["rin-partial"] })).toThrow(/FIELD_MISSING/);
  expect(() => evaluate([gold[0] as Sentence], [{ ...bare, cells: [], tags: ["O"] }], { protocols: ["rin-exact"] })).toThrow(
    /1 tags for 8/,
  );
  expect(() =>
    evaluate([gold[0] as Sentence], [{ entities: [], relations: [relation(0, "x", 1)] }], { protocols: ["strict"] }),
  ).toThrow(/relations\[0\]\.head.*RELATION_END_MISSING/);
  expect(() => evaluate(gold, [], { protocols: ["strict"] })).toThrow(/4 and 0/);
});

test("wrong class is one missed and one superfluous type of the same pair", () => {
  const tokens = ["a", "b"];
  const entities = [entity(0, 1), entity(1, 2)];
  const goldSentence = { id: "x", tokens, entities, relations: [relation(0, "p", 1), relation(0, "q", 1)] };
  const found = { entities, relations: [relation(0, "q", 1), relation(0, "r", 1)] };
  const { mistakes, protocols: scored } = evaluate([goldSentence], [found], { protocols: ["exact"] });
  expect(mistakes.relations).toEqual({ correct: 1, falseNegative: 0, falsePositive: 0, wrongClass: 1, argumentMissing: 0 });
  expect(Object.keys(scored.exact?.breakdowns.overlap ?? {})).toEqual(["EPO"]);
});

test("mrt-code excludes relations with nested or overlapping arguments", () => {
  // "Acme Corp Paris" is one entity with Paris nested in it; flat tags keep the longer one, so Ada
  // lives_in Paris is left out and Ada works_for Acme Corp Paris stays. The two ends of self are
  // one entity.
  const tokens = ["Ada", "Acme", "Corp", "Paris"];
  const entities = [entity(0, 1), entity(1, 4), entity(3, 4)];
  const nested = { entities, relations: [relation(0, "lives_in", 2), relation(0, "works_for", 1), relation(0, "self", 0)] };
  expect(sentenceCounts("mrt-code", nested, nested, tokens)).toEqual({ predicted: 1, gold: 1, correct: 1 });
  expect(sentenceCounts("strict", nested, nested, tokens)).toEqual({ predicted: 3, gold: 3, correct: 3 });
});

test("two gold relations of one cell count once", () => {
  // "AC Milan" and its nested "Milan" end at the same word: two triples under exact, one cell.
  const tokens = ["AC", "Milan", "Italy"];
  const doubled = {
    entities: [entity(0, 2), entity(1, 2), entity(2, 3)],
    relations: [relation(0, "in", 2), relation(1, "in", 2)],
  };
  const found = withRawOutput(doubled, 3);
  expect(sentenceCounts("exact", doubled, found, tokens)).toEqual({ predicted: 2, gold: 2, correct: 2 });
  expect(sentenceCounts("rin-partial", doubled, found, tokens)).toEqual({ predicted: 1, gold: 1, correct: 1 });
  expect(sentenceCounts("rin-exact", doubled, { ...found, tags: ["O", "S", "S"] }, tokens).correct).toBe(0);
  expect(flatTags(doubled.entities, 3)).toEqual(["B", "E", "S"]);
  // If the model was trained on other tags, the caller supplies them.
  expect(
    sentenceCounts("rin-exact", { ...doubled, tags: ["O", "S", "S"] }, { ...found, tags: ["O", "S", "S"] }, tokens).correct,
  ).toBe(1);
});

// Annotations over eight words; no two entities have the same span, so dropping types merges none.
const annotation: fc.Arbitrary<Annotation> = fc
  .uniqueArray(fc.record({ start: fc.nat(7), length: fc.integer({ min: 1, max: 3 }), type: fc.constantFrom("X", "Y") }), {
    selector: ({ start, length }) => `${start}:${Math.min(8, start + length)}`,
    minLength: 1,
    maxLength: 5,
  })
  .chain((spans) =>
    fc.record({
      entities: fc.constant(spans.map(({ start, length, type }) => entity(start, Math.min(8, start + length), type))),
      relations: fc.array(
        fc.record({ head: fc.nat(spans.length - 1), tail: fc.nat(spans.length - 1), type: fc.constantFrom("p", "q") }),
        { maxLength: 6 },
      ),
    }),
  );
const words = ["a", "b", "c", "a", "b", "c", "d", "e"];
const asSentence = (of: Annotation): Sentence => ({ id: "s", tokens: words, ...of });

test.each(names)("%s: a perfect prediction gives 1, nothing gives 0", (name) => {
  const anchor = name.endsWith("-first") ? "first" : "last";
  fc.assert(
    fc.property(annotation, (of) => {
      const counts = sentenceCounts(name, of, withRawOutput(of, 8, anchor), words);
      // `relaxed` maps each argument to itself, so it is exact on perfect predictions too.
      expect(counts.correct).toBe(counts.gold);
      expect(counts.predicted).toBe(counts.gold);
      const none = sentenceCounts(name, of, withRawOutput({ entities: [], relations: [] }, 8), words);
      expect(none).toEqual({ predicted: 0, gold: counts.gold, correct: 0 });
    }),
  );
});

test.each(names)("%s: the order of relations does not matter, nor do repeats", (name) => {
  fc.assert(
    fc.property(annotation, annotation, (one, other) => {
      const turned = (of: Annotation) => ({ ...of, relations: [...of.relations, ...of.relations].reverse() });
      const counts = sentenceCounts(name, one, withRawOutput(other, 8), words);
      expect(sentenceCounts(name, turned(one), withRawOutput(turned(other), 8), words)).toEqual(counts);
      expect(counts.correct).toBeLessThanOrEqual(Math.min(counts.predicted, counts.gold));
    }),
  );
});

test("does not depend on the order of entities", () => {
  const turned = (of: Annotation): Annotation => {
    const last = of.entities.length - 1;
    return {
      entities: [...of.entities].reverse(),
      relations: of.relations.map((r) => ({ ...r, head: last - r.head, tail: last - r.tail })),
    };
  };
  fc.assert(
    fc.property(
      annotation,
      annotation,
      fc.constantFrom("strict", "relaxed", "exact", "surface", "ner-strict"),
      (one, other, name) => {
        const counts = sentenceCounts(name, one, other, words);
        expect(sentenceCounts(name, turned(one), turned(other), words)).toEqual(counts);
      },
    ),
  );
});

test("a stricter protocol finds no more right", () => {
  fc.assert(
    fc.property(annotation, annotation, (one, other) => {
      const correct = (name: ProtocolName) => sentenceCounts(name, one, withRawOutput(other, 8), words).correct;
      expect(correct("strict")).toBeLessThanOrEqual(correct("boundaries"));
      expect(correct("mrt-code")).toBeLessThanOrEqual(correct("strict"));
      expect(correct("rin-exact")).toBeLessThanOrEqual(correct("rin-partial"));
      expect(correct("ner-strict")).toBeLessThanOrEqual(correct("ner-boundaries"));
      expect(correct("exact")).toBe(correct("boundaries"));
    }),
  );
});

test("types and item buckets add up to the total, and a report survives JSON", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(annotation, annotation), { maxLength: 4 }), (pairs) => {
      const memory = buildMemoryBaseline(pairs.slice(0, 1).map(([one]) => asSentence(one)));
      const evaluation = new Evaluation({ protocols: names.filter((name) => protocols.get(name).unit !== "cells"), memory });
      for (const [one, other] of pairs) evaluation.add(asSentence(one), other);
      const made = evaluation.report();
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      for (const { micro, byType, breakdowns, unit } of Object.values(made.protocols)) {
        const cuts = unit === "relations" ? [breakdowns.distance, breakdowns.argumentTypes, breakdowns.seen] : [];
        for (const cut of [byType, breakdowns.tripleCount, breakdowns.sentenceLength, ...cuts]) {
          const buckets = Object.values(cut ?? {});
          for (const field of ["correct", "predicted", "gold"] as const) {
            expect(buckets.reduce((sum, bucket) => sum + bucket[field], 0)).toBe(micro[field]);
          }
        }
      }
      const { relations, entities } = made.mistakes;
      const { boundaries, "ner-strict": ner } = made.protocols;
      expect(relations.correct + relations.falseNegative + relations.wrongClass).toBe(boundaries?.micro.gold);
      expect(relations.correct + relations.falsePositive + relations.wrongClass).toBe(boundaries?.micro.predicted);
      expect(entities.correct).toBe(ner?.micro.correct);
      expect(entities.correct + entities.wrongType + entities.wrongBoundary + entities.missing).toBe(ner?.micro.gold);
      expect(entities.correct + entities.wrongType + entities.wrongBoundary + entities.spurious).toBe(ner?.micro.predicted);
    }),
    { numRuns: 50 },
  );
});

test("printed reports describe each protocol next to its numbers", () => {
  const options = {
    protocols: ["strict", "ner-strict"],
    dataSet: "fixture",
    split: "test",
    selection: "best on dev",
    seeds: [1, 2],
  };
  const made = evaluate(gold, predicted, { ...options, memory: buildMemoryBaseline(gold) });
  const text = formatReport(made);
  expect(text).toContain("data: fixture, test; 4 sentences, 1 without relations");
  expect(text).toContain("strict (relations, directed)\n  A relation is right when its type, both argument spans");
  expect(text).toMatch(/micro +16\.7 +16\.7 +16\.7 +1 +6 +6\n/);
  expect(text).toMatch(/memory baseline, micro +/);
  expect(formatReport(made, { rows: 2 })).toContain("and 3 more");
  const markdown = formatMarkdown(made);
  expect(markdown).toContain("| micro | 16.7 | 16.7 | 16.7 | 1 | 6 | 6 |");
  expect(markdown).toContain("| works\\_for |");
});

test("labels cannot break a printed table", () => {
  const tokens = ["a", "b"];
  const entities = [entity(0, 1), entity(1, 2)];
  const sentence = { id: "x", tokens, entities, relations: [relation(0, "a|b\u001b[31m<i>", 1)] };
  const made = evaluate([sentence], [sentence], { protocols: ["exact"] });
  expect(formatReport(made)).not.toContain("\u001b");
  expect(formatReport(made)).toMatch(/ {2}a\|b\uFFFD\[31m<i> +100\.0/);
  expect(formatMarkdown(made)).toContain("| a\\|b\uFFFD\\[31m\\<i\\> |");
});
