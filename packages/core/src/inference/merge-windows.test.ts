import fc from "fast-check";
import { expect, test } from "vitest";
import type { Entity, Relation, Span } from "../schema/index.ts";
import { mergeWindows, type WindowFinding } from "./merge-windows.ts";
import { windowSettings, windowsOf } from "./windows.ts";

const sentence = { start: 100, end: 120 };
const [left, right] = [
  { start: 100, end: 112 },
  { start: 108, end: 120 },
];

function finding(window: Span, entities: [number, number, string, number?][], relations: Relation[] = []): WindowFinding {
  return {
    window,
    entities: entities.map(([start, end, type, confidence = 0.5]) => ({ start, end, type, confidence })),
    relations,
  };
}

const shown = (entities: readonly Entity[]): string[] =>
  entities.map(({ start, end, type, confidence }) => `${start}-${end} ${type} ${confidence}`);

test("windows cover a sentence, share the overlap, and the last one moves back", () => {
  expect(windowsOf({ start: 10, end: 23 }, { window: 6, overlap: 2 })).toEqual([
    { start: 10, end: 16 },
    { start: 14, end: 20 },
    { start: 17, end: 23 },
  ]);
  expect(windowsOf({ start: 3, end: 9 }, { window: 6, overlap: 2 })).toEqual([{ start: 3, end: 9 }]);
  expect(windowsOf({ start: 3, end: 3 }, { window: 6, overlap: 2 })).toEqual([]);
});

test("any windows cover every token, move forward and overlap at least as asked", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 40 }), fc.nat(39), (length, window, some) => {
      const overlap = some % window;
      const windows = windowsOf({ start: 7, end: 7 + length }, windowSettings({ window, overlap }));
      expect(windows[0]?.start).toBe(7);
      expect(windows.at(-1)?.end).toBe(7 + length);
      for (const [index, each] of windows.entries()) {
        expect(each.end - each.start).toBe(Math.min(window, length));
        const before = windows[index - 1];
        if (before === undefined) continue;
        expect(each.start).toBeGreaterThan(before.start);
        expect(before.end - each.start).toBeGreaterThanOrEqual(overlap);
      }
    }),
  );
});

test("the same span and type is one entity with the highest confidence", () => {
  const merged = mergeWindows(sentence, [finding(left, [[109, 111, "PER", 0.4]]), finding(right, [[109, 111, "PER", 0.9]])]);
  expect(shown(merged.entities)).toEqual(["109-111 PER 0.9"]);
});

test("of rival readings the one further from the border of its window stays, whatever the confidence", () => {
  const cut = finding(left, [[111, 112, "LOC", 0.99]]);
  const whole = finding(right, [[111, 113, "LOC", 0.6]]);
  expect(shown(mergeWindows(sentence, [cut, whole]).entities)).toEqual(["111-113 LOC 0.6"]);
  const other = finding(right, [[111, 112, "ORG", 0.1]]);
  expect(shown(mergeWindows(sentence, [cut, other]).entities)).toEqual(["111-112 ORG 0.1"]);
});

test("the ends of the sentence are not borders, and ties go to the more confident reading", () => {
  // Left: 3 from its end. Right: 1 from its start, however far from the end of the sentence.
  const near = mergeWindows(sentence, [
    finding(left, [[104, 109, "A"]]),
    finding(right, [
      [109, 111, "A"],
      [108, 110, "B"],
    ]),
  ]);
  expect(shown(near.entities)).toEqual(["104-109 A 0.5", "109-111 A 0.5"]);
  const even = mergeWindows(sentence, [finding(left, [[108, 110, "A", 0.3]]), finding(right, [[110, 112, "B", 0.9]])]);
  expect(shown(even.entities)).toEqual(["108-110 A 0.3", "110-112 B 0.9"]);
  const tie = mergeWindows(sentence, [finding(left, [[108, 110, "A", 0.3]]), finding(right, [[110 - 1, 113, "B", 0.9]])]);
  expect(shown(tie.entities)).toEqual(["108-110 A 0.3"]);
});

test("overlapping entities that one window found together both stay", () => {
  const nested: [number, number, string][] = [
    [109, 111, "PER"],
    [109, 110, "TITLE"],
  ];
  expect(mergeWindows(sentence, [finding(left, nested), finding(right, nested)]).entities).toHaveLength(2);
});

test("given entities are no rivals, even where no window holds both", () => {
  const windows = [finding(left, [[106, 110, "A"]]), finding(right, [[109, 114, "B"]])];
  expect(mergeWindows(sentence, windows).entities).toHaveLength(1);
  expect(mergeWindows(sentence, windows, true).entities).toHaveLength(2);
});

test("a relation of an entity that gave way moves to the winning entity", () => {
  const cut = finding(
    left,
    [
      [101, 102, "PER"],
      [111, 112, "LOC"],
    ],
    [{ head: 0, tail: 1, type: "lives_in", confidence: 0.7 }],
  );
  const whole = finding(
    right,
    [
      [111, 113, "LOC"],
      [116, 117, "LOC"],
    ],
    [{ head: 0, tail: 1, type: "part_of", confidence: 0.8 }],
  );
  const { entities, relations } = mergeWindows(sentence, [cut, whole]);
  expect(shown(entities)).toEqual(["101-102 PER 0.5", "111-113 LOC 0.5", "116-117 LOC 0.5"]);
  expect(relations).toEqual([
    { head: 0, tail: 1, type: "lives_in", confidence: 0.7 },
    { head: 1, tail: 2, type: "part_of", confidence: 0.8 },
  ]);
});

test("equal relations become the more confident one; opposite ones stay; one with equal arguments is dropped", () => {
  const ends: [number, number, string][] = [
    [108, 109, "A"],
    [110, 111, "B"],
  ];
  const first = finding(left, ends, [{ head: 0, tail: 1, type: "r", confidence: 0.4 }]);
  const second = finding(right, ends, [
    { head: 0, tail: 1, type: "r", confidence: 0.6 },
    { head: 1, tail: 0, type: "r", confidence: 0.2 },
  ]);
  expect(mergeWindows(sentence, [first, second]).relations).toEqual([
    { head: 0, tail: 1, type: "r", confidence: 0.6 },
    { head: 1, tail: 0, type: "r", confidence: 0.2 },
  ]);
  const halves = finding(
    left,
    [
      [110, 111, "A"],
      [111, 112, "A"],
    ],
    [
      { head: 0, tail: 1, type: "r" },
      { head: 0, tail: 0, type: "is" },
    ],
  );
  const whole = finding(right, [[110, 112, "A"]]);
  const merged = mergeWindows(sentence, [halves, whole]);
  expect(shown(merged.entities)).toEqual(["110-112 A 0.5"]);
  expect(merged.relations).toEqual([{ head: 0, tail: 0, type: "is" }]);
});

test("findings on which all windows agree come out unchanged", () => {
  const span = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 20 }), fc.integer({ min: 12, max: 60 }), (spans, window) => {
      // Flat entities of at most five tokens and relations between neighbours, in a sentence of 105
      // tokens.
      const flat: Entity[] = [];
      for (const [start, size] of spans.toSorted((a, b) => a[0] - b[0])) {
        if (start >= (flat.at(-1)?.end ?? 0)) flat.push({ start, end: start + size, type: "T", confidence: 0.5 });
      }
      const whole = { start: 0, end: 105 };
      const findings = windowsOf(whole, windowSettings({ window, overlap: 10 })).map((each): WindowFinding => {
        const entities = flat.filter(({ start, end }) => start >= each.start && end <= each.end);
        const relations = entities.slice(1).map((_, k) => ({ head: k, tail: k + 1, type: "next", confidence: 0.5 }));
        return { window: each, entities, relations };
      });
      const { entities, relations } = mergeWindows(whole, findings);
      expect(entities).toEqual(flat);
      for (const { head, tail } of relations) expect(tail - head).toBe(1);
    }),
  );
});
