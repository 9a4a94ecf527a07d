import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entity } from "../schema/index.ts";
import { decodeTags, encodeTags, type TagScheme, tagInventory } from "./tag-scheme.ts";

const schemes: TagScheme[] = ["bio", "bioes", "bilou"];
const entity = (start: number, end: number, type: string | null): Entity => ({ start, end, type });

test("the three schemes encode the same entities", () => {
  const entities = [entity(0, 3, "PER"), entity(4, 5, "LOC")];
  expect(encodeTags(entities, 5, "bio").tags).toEqual(["B-PER", "I-PER", "I-PER", "O", "B-LOC"]);
  expect(encodeTags(entities, 5, "bioes").tags).toEqual(["B-PER", "I-PER", "E-PER", "O", "S-LOC"]);
  expect(encodeTags(entities, 5, "bilou").tags).toEqual(["B-PER", "I-PER", "L-PER", "O", "U-LOC"]);
  expect(encodeTags([entity(1, 3, null)], 4, "bioes").tags).toEqual(["O", "B", "E", "O"]);
});

test("keeps the longest of overlapping entities and reports the others", () => {
  const entities = [entity(0, 2, "A"), entity(1, 4, "B"), entity(1, 4, "C"), entity(4, 5, "A")];
  expect(encodeTags(entities, 5, "bio")).toEqual({ tags: ["O", "B-B", "I-B", "I-B", "B-A"], omitted: [0, 2] });
});

test("an inside tag without a begin tag opens an entity", () => {
  expect(decodeTags(["O", "I-PER", "O"], "bio")).toEqual([entity(1, 2, "PER")]);
});

/**
 * Chunks by the two tables of conlleval's `startOfChunk` and `endOfChunk`, with S for a single
 * token.
 */
function conllevalChunks(tags: readonly string[]): Entity[] {
  const chunks: Entity[] = [];
  let before = ["O", ""];
  let start = -1;
  for (const [index, tag] of [...tags, "O"].entries()) {
    const [letter = "O", type = ""] = tag.split("-");
    const [last = "O", lastType = ""] = before;
    const changed = type !== lastType;
    const ended =
      last !== "O" && (["BB", "BO", "BS", "IB", "IO", "IS"].includes(last + letter) || last === "E" || last === "S" || changed);
    const started =
      letter !== "O" &&
      (letter === "B" || letter === "S" || ["EE", "EI", "SE", "SI", "OE", "OI"].includes(last + letter) || changed);
    if (ended && start >= 0) {
      chunks.push(entity(start, index, lastType));
      start = -1;
    }
    if (started) start = index;
    before = [letter, type];
  }
  return chunks;
}

test("any tag sequence gives the same chunks as conlleval", () => {
  const tag = fc.constantFrom("O", ...["B", "I", "E", "S"].flatMap((letter) => [`${letter}-X`, `${letter}-Y`]));
  fc.assert(
    fc.property(fc.array(tag), (tags) => {
      expect(decodeTags(tags, "bioes")).toEqual(conllevalChunks(tags));
    }),
    { numRuns: 2000 },
  );
});

describe.each(schemes)("%s", (scheme) => {
  const flat = fc
    .array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 }), fc.constantFrom(null, "PER", "work-of-art", "O")))
    .map((parts) => {
      let reached = 0;
      return parts.map(([gap, length, type]) => {
        const start = reached + gap;
        reached = start + length;
        return entity(start, reached, type);
      });
    });

  test("flat entities survive a round trip, and the inventory has every tag", () => {
    fc.assert(
      fc.property(flat, (entities) => {
        const { tags, omitted } = encodeTags(entities, (entities.at(-1)?.end ?? 0) + 1, scheme);
        expect(omitted).toEqual([]);
        expect(decodeTags(tags, scheme)).toEqual(entities);
        const inventory = tagInventory(
          entities.map((item) => item.type),
          scheme,
        );
        expect(tags.filter((tag) => !inventory.includes(tag))).toEqual([]);
      }),
    );
  });
});

test("the inventory begins with O and does not depend on the order of the types", () => {
  expect(tagInventory(["PER", "LOC", "PER"], "bioes")).toEqual([
    "O",
    "B-LOC",
    "I-LOC",
    "E-LOC",
    "S-LOC",
    "B-PER",
    "I-PER",
    "E-PER",
    "S-PER",
  ]);
  expect(tagInventory([], "bio")).toEqual(["O", "B", "I"]);
  expect(tagInventory([null], "bilou")).toEqual(["O", "B", "I", "L", "U"]);
});

test.each(["E-PER", "B-", "BPER", "", "X"])("%j is not a bio tag", (tag) => {
  expect(() => decodeTags(["O", tag], "bio")).toThrow("LABEL_UNKNOWN");
});
