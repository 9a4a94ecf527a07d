import fc from "fast-check";
import { expect, test } from "vitest";
import { entityAt } from "../../parts/marking.ts";
import {
  type Annotated,
  byDoubt,
  edits,
  history,
  lesserRelations,
  type Part,
  sameAnnotation,
  suggestionsOf,
} from "./annotation-edit.ts";

const tokens = 8;
const types = ["PER", "ORG", "LOC"] as const;
const confidence = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
const part: fc.Arbitrary<Part> = fc.record({
  kind: fc.constantFrom("entity" as const, "relation" as const),
  index: fc.integer({ min: -1, max: 9 }),
});
const anyNumber = fc.integer({ min: -2, max: 10 });

type Step = (before: Annotated) => Annotated;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(anyNumber, anyNumber, fc.constantFrom(...types, "", null)).map(
    ([start, end, type]): Step =>
      (before) =>
        edits.mark(before, { start, end }, type, tokens),
  ),
  fc.tuple(anyNumber, anyNumber, fc.constantFrom("knows", "leads", "")).map(
    ([head, tail, type]): Step =>
      (before) =>
        edits.relate(before, head, tail, type),
  ),
  part.map(
    (each): Step =>
      (before) =>
        edits.accept(before, each),
  ),
  part.map(
    (each): Step =>
      (before) =>
        edits.remove(before, each),
  ),
  fc.tuple(part, fc.constantFrom(...types, "knows", "")).map(
    ([each, type]): Step =>
      (before) =>
        edits.retype(before, each, type),
  ),
  fc.tuple(anyNumber, fc.constantFrom("knows", "leads", "")).map(
    ([entity, type]): Step =>
      (before) =>
        edits.refit(before, entity, () => type),
  ),
  fc.tuple(anyNumber, anyNumber, anyNumber).map(
    ([index, start, end]): Step =>
      (before) =>
        edits.resize(before, index, { start, end }, tokens),
  ),
  fc.constant<Step>((before) => edits.noted(before, { flagged: before.note?.flagged !== true })),
  fc.constant<Step>(edits.finish),
  fc.constant<Step>(edits.reopen),
);

/** Possible suggestions of a model: any entities and relations, without duplicates. */
const begun: fc.Arbitrary<Annotated> = fc
  .uniqueArray(
    fc
      .tuple(fc.nat(tokens - 1), fc.integer({ min: 1, max: 3 }), fc.constantFrom(...types), confidence)
      .map(([start, length, type, sure]) => ({
        start,
        end: Math.min(tokens, start + length),
        type,
        ...(sure === undefined ? {} : { confidence: sure }),
      })),
    { selector: ({ start, end, type }) => `${start} ${end} ${type}`, maxLength: 5 },
  )
  .chain((entities) =>
    fc
      .uniqueArray(fc.tuple(fc.nat(4), fc.nat(4), fc.constantFrom("knows", "leads"), confidence), {
        selector: ([head, tail, type]) => `${head} ${tail} ${type}`,
        maxLength: 4,
      })
      .map((pairs) => ({
        entities,
        relations: pairs
          .filter(([head, tail]) => head !== tail && head < entities.length && tail < entities.length)
          .map(([head, tail, type, sure]) => ({ head, tail, type, ...(sure === undefined ? {} : { confidence: sure }) })),
        done: false,
      })),
  );

function faultsOf({ entities, relations }: Annotated): string[] {
  const faults: string[] = [];
  const twice = (keys: string[]): boolean => new Set(keys).size < keys.length;
  for (const { start, end, type } of entities)
    if (start < 0 || end <= start || end > tokens || type === "") faults.push(`span ${start} ${end}`);
  for (const { head, tail, type } of relations) {
    if (entities[head] === undefined || entities[tail] === undefined || head === tail || type === "")
      faults.push(`ends ${head} ${tail}`);
  }
  if (twice(entities.map(({ start, end, type }) => `${start} ${end} ${type}`))) faults.push("an entity twice");
  if (twice(relations.map(({ head, tail, type }) => `${head} ${tail} ${type}`))) faults.push("a relation twice");
  return faults;
}

test("no sequence of edits makes an annotation invalid", () => {
  fc.assert(
    fc.property(begun, fc.array(step, { maxLength: 30 }), (first, steps) => {
      let now = first;
      for (const each of steps) {
        now = each(now);
        expect(faultsOf(now)).toEqual([]);
      }
    }),
    { numRuns: 400 },
  );
});

test("undoing all edits restores the start, and redoing all restores the end", () => {
  fc.assert(
    fc.property(begun, fc.array(step, { maxLength: 20 }), (first, steps) => {
      const end = steps.reduce((now, each) => history.record(now, each(now.present)), history.begin(first));
      let now = end;
      while (now.past.length > 0) now = history.undo(now);
      expect(now.present).toBe(first);
      expect(history.undo(now)).toBe(now);
      while (now.future.length > 0) now = history.redo(now);
      expect(now.present).toBe(end.present);
    }),
  );
});

test("removing a part does not change the others", () => {
  const before: Annotated = {
    entities: [
      { start: 0, end: 1, type: "PER", confidence: 0.4 },
      { start: 2, end: 4, type: "ORG", confidence: 0.9 },
      { start: 5, end: 6, type: "LOC" },
    ],
    relations: [
      { head: 0, tail: 1, type: "leads", confidence: 0.6 },
      { head: 1, tail: 2, type: "based_in", confidence: 0.7 },
    ],
    done: false,
  };
  expect(edits.remove(before, { kind: "entity", index: 0 })).toEqual({
    entities: before.entities.slice(1),
    relations: [{ head: 0, tail: 1, type: "based_in", confidence: 0.7 }],
    done: false,
  });
  const accepted = edits.accept(before, { kind: "relation", index: 1 });
  expect(suggestionsOf(accepted)).toEqual(["entity:0", "relation:0"]);
  expect(suggestionsOf(edits.finish(before))).toEqual([]);
  expect(edits.mark(before, { start: 2, end: 4 }, "PER", tokens).entities[1]).toEqual({ start: 2, end: 4, type: "PER" });
  expect(entityAt(before.entities, 3)).toBe(1);
  expect(entityAt(before.entities, 4)).toBeUndefined();
  expect(sameAnnotation(before, { ...before, done: true })).toBe(false);
});

test("of two suggestions for the same pair, “Done” drops the lesser if it is less likely than not", () => {
  const entities = [0, 2, 4].map((start) => ({ start, end: start + 1, type: "PER" }));
  const relations = [
    { head: 0, tail: 1, type: "knows", confidence: 0.8 },
    { head: 0, tail: 1, type: "leads", confidence: 0.4 },
    { head: 0, tail: 1, type: "likes", confidence: 0.6 },
    { head: 1, tail: 0, type: "leads", confidence: 0.3 },
    { head: 1, tail: 2, type: "knows" },
    { head: 1, tail: 2, type: "leads", confidence: 0.45 },
  ];
  const before: Annotated = { entities, relations, done: false };
  expect([...lesserRelations(before)]).toEqual([1, 5]);
  expect(byDoubt(before)).toEqual(["relation:3", "relation:2", "relation:0", "relation:1", "relation:5"]);
  const { relations: kept } = edits.finish(before);
  expect(kept.map(({ head, tail, type }) => `${head} ${type} ${tail}`)).toEqual([
    ...["0 knows 1", "0 likes 1", "1 leads 0", "1 knows 2"],
  ]);
  const accepted = edits.accept(before, { kind: "relation", index: 1 });
  expect(edits.finish(accepted).relations).toContainEqual({ head: 0, tail: 1, type: "leads" });
});
