import type { Sentence } from "../schema/index.ts";

/**
 * Parses a sentence like `[ [ Lithium ]DRUG toxicity ]EFFECT resolved .`, whose entities may be
 * nested. They are numbered as they begin, outer ones first; relations are `head type tail`.
 */
function nestedSentence(id: string, text: string, ...relations: readonly string[]): Sentence {
  const tokens: string[] = [];
  const entities: { start: number; end: number; type: string }[] = [];
  const open: number[] = [];
  for (const word of text.split(" ")) {
    if (word === "[") {
      open.push(entities.push({ start: tokens.length, end: tokens.length, type: "" }) - 1);
    } else if (word.startsWith("]")) {
      const place = open.pop() ?? -1;
      entities[place] = { start: entities[place]?.start ?? 0, end: tokens.length, type: word.slice(1) };
    } else tokens.push(word);
  }
  return {
    id,
    tokens,
    entities,
    relations: relations.map((relation) => {
      const [head, type = "", tail] = relation.split(" ");
      return { head: Number(head), tail: Number(tail), type };
    }),
  };
}

/**
 * Entities inside others, at their beginning, end and middle, three deep, and crossing; relations
 * between an entity and one inside it, in both directions.
 */
export const nestedSentences: readonly Sentence[] = [
  nestedSentence("1", "[ [ Lithium ]DRUG toxicity ]EFFECT resolved after two days .", "0 caused_by 1"),
  nestedSentence("2", "She had [ fatal [ methotrexate ]DRUG lung disease ]EFFECT in May .", "0 caused_by 1"),
  nestedSentence("3", "[ Warfarin ]DRUG caused [ skin necrosis ]EFFECT .", "1 caused_by 0"),
  nestedSentence("4", "The [ [ [ University ]ORG of [ Bern ]LOC ]ORG Clinic ]ORG stopped it .", "3 holds 1"),
  nestedSentence("5", "[ Rash due to [ aspirin ]DRUG ]EFFECT and [ fever ]EFFECT .", "0 caused_by 1", "2 caused_by 1"),
  nestedSentence("6", "Nothing else was found ."),
  {
    ...{ id: "7", tokens: ["renal", "and", "heart", "failure", "after", "Cisplatin"] },
    entities: [
      { start: 0, end: 3, type: "EFFECT" },
      { start: 2, end: 4, type: "EFFECT" },
      { start: 5, end: 6, type: "DRUG" },
    ],
    relations: [
      { head: 0, tail: 2, type: "caused_by" },
      { head: 1, tail: 2, type: "caused_by" },
    ],
  },
];
