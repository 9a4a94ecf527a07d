import { bestPath, Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { decodeTags, encodeTags, type TagScheme, tagInventory } from "../../text/index.ts";
import { tagConstraints } from "./tag-constraints.ts";

describe.each(["bio", "bioes", "bilou"] as const)("constraints of %s", (scheme: TagScheme) => {
  const names = tagInventory([null, "PER", "LOC"], scheme);
  const constraints = tagConstraints(names, scheme);

  test("every best path equals the encoding of its entities", () => {
    const random = Random.of(3, scheme);
    for (let k = 0; k < 200; k++) {
      const length = 1 + random.integer(7);
      const scores = Float64Array.from({ length: length * names.length }, () => random.normal());
      const tags = Array.from(bestPath({ ...constraints, scores }), (tag) => names[tag] ?? "");
      expect(encodeTags(decodeTags(tags, scheme), length, scheme).tags).toEqual(tags);
    }
  });

  test("every consistent sequence is allowed", () => {
    const entities = [
      { start: 0, end: 1, type: "PER" },
      { start: 1, end: 4, type: "PER" },
      { start: 4, end: 6, type: null },
      { start: 7, end: 8, type: "LOC" },
    ];
    const wanted = encodeTags(entities, 8, scheme).tags.map((tag) => names.indexOf(tag));
    const scores = new Float64Array(wanted.length * names.length);
    for (const [i, tag] of wanted.entries()) scores[i * names.length + tag] = 1;
    expect([...bestPath({ ...constraints, scores })]).toEqual(wanted);
  });
});
