import { expect, test } from "vitest";
import { type Document, documentFromSentence, type Entity, withNotes } from "../schema/index.ts";
import { saidNotes } from "../testing/said-notes.ts";
import { type Annotator, agreement, applyDecisions, matchAnnotators, mergeAnnotators } from "./index.ts";
import { KappaTable } from "./kappa.ts";

type Spans = readonly (readonly [start: number, end: number, type: string])[];
type Relations = readonly (readonly [head: number, tail: number, type: string])[];

const words = "Ada Lovelace joined Acme Corp in Paris .".split(" ");

function document(id: string, spans: Spans, relations: Relations = [], tokens = words): Document {
  return documentFromSentence({
    id,
    tokens,
    entities: spans.map(([start, end, type]): Entity => ({ start, end, type })),
    relations: relations.map(([head, tail, type]) => ({ head, tail, type })),
  });
}

function annotator(name: string, ...documents: readonly Document[]): Annotator {
  return { name, documents: documents.map((document, line) => ({ document, at: { source: `${name}.jsonl`, line: line + 1 } })) };
}

test("κ of two annotators is that of Cohen, and of more that of Fleiss", () => {
  // Wikipedia, "Cohen's kappa": 50 proposals, read by two people; κ = 0.4.
  const cohen = new KappaTable(2);
  for (const [one, other, times] of [
    ["yes", "yes", 20],
    ["yes", "no", 5],
    ["no", "yes", 10],
    ["no", "no", 15],
  ] as const)
    cohen.add([one, other], times);
  expect(cohen.value()).toBeCloseTo(0.4, 12);
  // Wikipedia, "Fleiss' kappa": 14 raters, 10 units, 5 categories; κ = 0.210.
  const fleiss = new KappaTable(14);
  const counts = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  for (const row of counts) fleiss.add(row.flatMap((times, category) => Array.from({ length: times }, () => `${category}`)));
  expect(fleiss.value()).toBeCloseTo(0.21, 3);
  expect(new KappaTable(2).value()).toBeNull();
});

const anna = annotator(
  "anna",
  document(
    "1",
    [
      [0, 2, "PER"],
      [3, 5, "ORG"],
      [6, 7, "LOC"],
    ],
    [
      [0, 1, "joined"],
      [1, 2, "in"],
    ],
  ),
  document("2", [[0, 2, "PER"]]),
  document("3", [[3, 5, "ORG"]]),
);
const ben = annotator(
  "ben",
  document("2", [[0, 2, "PER"]]),
  document(
    "1",
    [
      [1, 2, "PER"],
      [3, 5, "LOC"],
      [6, 7, "LOC"],
    ],
    [[1, 2, "at"]],
  ),
);

test("agreement of two: exact, partial, by type, with confusions, on what both have", () => {
  const report = agreement(matchAnnotators([anna, ben]));
  expect(report).toMatchObject({
    kappa: "Cohen",
    matchedBy: "id",
    annotators: [
      { name: "anna", documents: 3, entities: 5, relations: 2 },
      { name: "ben", documents: 2, entities: 4, relations: 1 },
    ],
    shared: { documents: 2, sentences: 2, tokens: 16 },
    pairs: [],
  });
  const { entities, relations } = report;
  // Both have [0,2) PER in 2 and [6,7) LOC in 1; the first PER of 1 overlaps; ORG and LOC differ.
  expect(entities.exact.f1).toBeCloseTo((2 * 2) / 8, 12);
  expect(entities.partial.f1).toBeCloseTo((2 * 3) / 8, 12);
  expect(entities.confusions).toEqual([{ types: ["LOC", "ORG"], count: 1 }]);
  const person = entities.types.find(({ type }) => type === "PER");
  expect(person).toMatchObject({ marked: [2, 2], exact: { f1: 0.5 }, partial: { f1: 1 } });
  // By token: 3 both, 1 anna alone, 12 neither of 16.
  const [agreed, chance] = [15 / 16, (4 / 16) * (3 / 16) + (12 / 16) * (13 / 16)];
  expect(person?.partial.kappa).toBeCloseTo((agreed - chance) / (1 - chance), 12);
  // Of the entities that both marked, [3,5) → [6,7) is `in` for anna and `at` for ben.
  expect(relations).toMatchObject({ exact: { f1: 0 }, confusions: [{ types: ["at", "in"], count: 1 }] });
  expect(relations.types.map(({ type, marked }) => [type, marked])).toEqual([
    ["at", [0, 1]],
    ["in", [1, 0]],
    ["joined", [1, 0]],
  ]);
});

test("annotators who agree have F1 and κ of 1, and three are compared in pairs", () => {
  const report = agreement(matchAnnotators([anna, { ...anna, name: "copy" }, ben]));
  expect(report.kappa).toBe("Fleiss");
  expect(report.pairs[0]).toMatchObject({
    annotators: ["anna", "copy"],
    documents: 3,
    entities: { exact: 1 },
    relations: { exact: 1 },
  });
  const same = agreement(matchAnnotators([anna, { ...anna, name: "copy" }]));
  expect(same.entities).toMatchObject({ exact: { f1: 1, kappa: 1 }, partial: { f1: 1, kappa: 1 } });
  expect(same.relations).toMatchObject({ exact: { f1: 1, kappa: 1 }, partial: { f1: 1, kappa: 1 } });
});

test("documents without ids are matched by order; other words are refused with their place", () => {
  const byLine = (name: string, spans: Spans): Annotator => annotator(name, document("line-1", spans));
  expect(matchAnnotators([byLine("a", []), byLine("b", [])]).by).toBe("order");
  expect(() => matchAnnotators([anna, annotator("c", document("2", [], [], ["Bo", ...words.slice(1)]))])).toThrow(
    'c.jsonl:1 tokens[0]: the document "2" has "Bo" here for c, but "Ada" for anna (SENTENCES_MISMATCH)',
  );
  expect(() => matchAnnotators([anna, annotator("d", document("9", []))])).toThrow(
    "has no document in common with anyone else; its first is",
  );
  expect(() => matchAnnotators([byLine("a", []), annotator("b", document("line-1", []), document("line-2", []))])).toThrow(
    "b has 2 documents and a 1, and they have no unique ids",
  );
});

test("the same text with tokens cut at different places gets the tokens of both", () => {
  const cut = (places: readonly number[], entity: Entity): Document => {
    const text = "Rate 20mg daily";
    const tokens = places
      .slice(1)
      .map((end, index) => ({ start: places[index] ?? 0, end }))
      .map(({ start, end }) => ({
        text: text.slice(start, end).trim(),
        start,
        end: start + text.slice(start, end).trimEnd().length,
      }));
    return {
      id: "x",
      text,
      tokens,
      sentences: [{ start: 0, end: tokens.length }],
      entities: [entity],
      relations: [],
      metadata: {},
    };
  };
  const whole = annotator("whole", cut([0, 5, 10, 15], { start: 1, end: 2, type: "DOSE" }));
  const split = annotator("split", cut([0, 5, 7, 10, 15], { start: 1, end: 2, type: "DOSE" }));
  const [shared] = matchAnnotators([whole, split]).documents;
  expect(shared?.document.tokens.map(({ text }) => text)).toEqual(["Rate", "20", "mg", "daily"]);
  expect(shared?.document.sentences).toEqual([{ start: 0, end: 4 }]);
  expect(shared?.annotations.map((each) => each?.entities)).toEqual([
    [{ start: 1, end: 3, type: "DOSE" }],
    [{ start: 1, end: 2, type: "DOSE" }],
  ]);
});

const carol = annotator(
  "carol",
  document(
    "1",
    [
      [0, 2, "PER"],
      [3, 5, "ORG"],
    ],
    [[0, 1, "joined"]],
  ),
);

test("merging keeps what the rule says, with relations on the entities that are kept", () => {
  const matched = matchAnnotators([anna, ben, carol]);
  const first = (rule: "majority" | "union" | "intersection") => {
    const [{ entities, relations } = document("", [])] = mergeAnnotators(matched, rule).documents;
    return [
      entities.map(({ start, end, type }) => `${start}-${end} ${type}`),
      relations.map(({ head, tail, type }) => `${head} ${type} ${tail}`),
    ];
  };
  expect(first("majority")).toEqual([["0-2 PER", "3-5 ORG", "6-7 LOC"], ["0 joined 1"]]);
  expect(first("intersection")).toEqual([[], []]);
  // At 3-5, ORG has two votes and LOC one: a relation ends at ORG.
  expect(first("union")).toEqual([
    ["0-2 PER", "1-2 PER", "3-5 LOC", "3-5 ORG", "6-7 LOC"],
    ["0 joined 3", "3 at 4", "3 in 4"],
  ]);
});

test("what is in dispute becomes suggestions, and decisions come back", () => {
  const matched = matchAnnotators([anna, ben, carol]);
  const { documents, adjudication, counts } = mergeAnnotators(matched, "majority");
  expect(counts).toMatchObject({ entities: { marked: 7, unanimous: 2, kept: 5 }, acrossSentences: 0 });
  expect(adjudication.map(({ id }) => id)).toEqual(["1"]);
  const [dispute] = adjudication;
  expect(dispute?.entities[0]).toEqual({ start: 0, end: 2, type: "PER", confidence: 0.666667 });
  expect(dispute?.metadata["disagreements"]).toContain("Acme Corp (LOC): ben; not anna, carol");
  expect(documents.flatMap(({ entities }) => entities.filter(({ confidence }) => confidence !== undefined))).toEqual([]);
  const decided = annotator("page", document("1", [[3, 4, "ORG"]]));
  const applied = applyDecisions(documents, decided.documents);
  expect(applied.replaced).toBe(1);
  expect(applied.documents[0]).toMatchObject({ entities: [{ start: 3, end: 4, type: "ORG" }], relations: [] });
  expect(applied.documents.slice(1)).toEqual(documents.slice(1));
  expect(() => applyDecisions(documents, annotator("page", document("7", [])).documents)).toThrow(
    'no annotator has the sentence "7"',
  );
});

test("notes of all annotators stay with what they are about, through the dispute and the decision", () => {
  const one = withNotes(
    document("1", [
      [3, 5, "ORG"],
      [0, 2, "PER"],
    ]),
    [{ text: "who is she?", entity: 1 }, { text: "whole" }],
  );
  const two = withNotes(document("1", [[0, 2, "PER"]]), [{ text: "whole" }, { text: "a pioneer", entity: 0 }]);
  const matched = matchAnnotators([annotator("one", one), annotator("two", two)]);
  const { documents, adjudication } = mergeAnnotators(matched, "union");
  const notes = ["who is she?: Ada Lovelace", "whole: ", "a pioneer: Ada Lovelace"];
  expect(documents.map(saidNotes)).toEqual([notes]);
  expect(adjudication.map(saidNotes)).toEqual([notes]);
  const [dispute = document("", [])] = adjudication;
  const decision = withNotes({ ...dispute, entities: [...dispute.entities, { start: 6, end: 7, type: "LOC" }] }, [
    { text: "who is she?", entity: 0 },
    { text: "the city", entity: 2 },
  ]);
  const decided = applyDecisions(documents, annotator("page", decision).documents).documents;
  expect(decided.map(saidNotes)).toEqual([[...notes, "the city: Paris"]]);
});

test("of a longer document only the sentences in dispute are decided, and relations across stay", () => {
  const long = (spans: Spans, relations: Relations): Document => ({
    ...document("long", spans, relations),
    sentences: [
      { start: 0, end: 3 },
      { start: 3, end: 8 },
    ],
  });
  const [one, two] = [
    annotator(
      "one",
      long(
        [
          [0, 2, "PER"],
          [3, 5, "ORG"],
          [6, 7, "LOC"],
        ],
        [
          [0, 1, "joined"],
          [1, 2, "in"],
        ],
      ),
    ),
    annotator(
      "two",
      long(
        [
          [0, 2, "PER"],
          [3, 5, "ORG"],
          [6, 7, "LOC"],
        ],
        [[1, 2, "at"]],
      ),
    ),
  ];
  const { documents, adjudication, counts } = mergeAnnotators(matchAnnotators([one, two]), "union");
  expect(counts.acrossSentences).toBe(1);
  expect(adjudication).toMatchObject([{ id: "long#1", text: "Acme Corp in Paris .", metadata: { doc: "long" } }]);
  const decision = document(
    "long#1",
    [
      [0, 2, "ORG"],
      [3, 4, "LOC"],
    ],
    [[0, 1, "in"]],
    words.slice(3),
  );
  const applied = applyDecisions(documents, [{ document: decision, at: {} }]).documents[0];
  const named = applied?.relations.map(({ head, tail, type }) => [
    applied.entities[head]?.start,
    type,
    applied.entities[tail]?.start,
  ]);
  expect(named).toEqual([
    [0, "joined", 3],
    [3, "in", 6],
  ]);
});
