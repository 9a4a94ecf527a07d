import type { Sentence } from "../schema/index.ts";

/**
 * Parses a sentence like `[Ada Lovelace|PER] joined [Acme|ORG] .`, with relations as
 * `head type tail` by entity number, counted from 0. Tests add entities that cannot be written this
 * way (overlapping ones).
 */
export function sentence(id: string, text: string, ...relations: readonly string[]): Sentence {
  const tokens: string[] = [];
  const entities: { start: number; end: number; type: string }[] = [];
  for (const [, words = "", type, plain = ""] of text.matchAll(/\[([^|\]]+)\|([^\]]+)\]|(\S+)/g)) {
    const start = tokens.length;
    tokens.push(...(type === undefined ? [plain] : words.split(" ")));
    if (type !== undefined) entities.push({ start, end: tokens.length, type });
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
 * Words of several tokens, a shared argument, two relations on one pair, a sentence without
 * relations and one of a single word.
 */
export const eightSentences: readonly Sentence[] = [
  sentence("1", "[Ada Lovelace|PER] joined [Acme|ORG] in [Oslo|LOC] .", "0 works_for 1", "1 based_in 2"),
  sentence("2", "[Initech|ORG] of [New York City|LOC] hired [Bob|PER] .", "2 works_for 0", "0 based_in 1"),
  sentence("3", "[Carol|PER] was born in [Rome|LOC] and lives there .", "0 born_in 1", "0 lives_in 1"),
  sentence("4", "It rained all day in [Oslo|LOC] ."),
  sentence("5", "[Dan Brown|PER] and [Eve|PER] left [Hooli|ORG] .", "0 works_for 2", "1 works_for 2"),
  sentence("6", "Nobody came ."),
  sentence("7", "[Paris|LOC]"),
  sentence("8", "[Frank|PER] lives in [Berlin|LOC] , not in [Paris|LOC] .", "0 lives_in 1"),
];

/** The same without entity types. */
export function untyped(sentences: readonly Sentence[]): Sentence[] {
  return sentences.map((item) => ({ ...item, entities: item.entities.map((entity) => ({ ...entity, type: null })) }));
}

/** The same with a part-of-speech tag for each token, guessed from its letters. */
export function tagged(sentences: readonly Sentence[]): Sentence[] {
  return sentences.map((item) => ({
    ...item,
    pos: item.tokens.map((token) => (/^\p{Lu}/u.test(token) ? "NNP" : /^\p{L}/u.test(token) ? "NN" : ".")),
  }));
}

/** The same with only the last relation of each pair. */
export function withLastRelations(sentences: readonly Sentence[]): Sentence[] {
  return sentences.map((item) => ({
    ...item,
    relations: item.relations.filter(({ head, tail }, index) =>
      item.relations.slice(index + 1).every((later) => later.head !== head || later.tail !== tail),
    ),
  }));
}
