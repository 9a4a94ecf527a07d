import { overlappingEntities, type Sentence } from "../schema/index.ts";

/** What a corpus is like, as far as it decides how to train on it. */
export interface CorpusFacts {
  readonly sentences: number;
  /** Sentences with at least one entity. */
  readonly annotated: number;
  readonly tokens: number;
  readonly entities: number;
  readonly relations: number;
  readonly tokensPerSentence: { readonly mean: number; readonly percentile95: number; readonly max: number };
  /** Number of examples by type, most frequent first; untyped entities are not in it. */
  readonly entityTypes: Readonly<Record<string, number>>;
  readonly relationTypes: Readonly<Record<string, number>>;
  /** Whether entities have types. */
  readonly typed: boolean;
  /** The most frequent script: `Latin`, `Han`, … `none` without letters. */
  readonly script: string;
  /** Whether it looks like English: enough of its words are English function words. */
  readonly english: boolean;
  /** Whether a token is a character, as in Chinese corpora. */
  readonly characters: boolean;
  /** Share of the entities that overlap another, 0 to 1; tags cannot hold both. */
  readonly overlapping: number;
  /** Share of the relations whose pair of entities has another relation, 0 to 1. */
  readonly sharedPairs: number;
  /** Whether every sentence with entities has one pair of them, as in relation classification. */
  readonly onePair: boolean;
}

/** Looks at the sentences of a corpus once. */
export function corpusFacts(sentences: readonly Sentence[]): CorpusFacts {
  const entityTypes = new Map<string, number>();
  const relationTypes = new Map<string, number>();
  const scripts = new Map<string, number>();
  const lengths: number[] = [];
  let [entities, relations, annotated, pairs, overlapping, shared, functionWords, single] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const sentence of sentences) {
    const { tokens } = sentence;
    lengths.push(tokens.length);
    for (const { type } of sentence.entities) if (type !== null) increase(entityTypes, type);
    for (const { type } of sentence.relations) increase(relationTypes, type);
    entities += sentence.entities.length;
    relations += sentence.relations.length;
    if (sentence.entities.length > 0) annotated++;
    if (sentence.entities.length === 2 && sentence.relations.length <= 1) pairs++;
    overlapping += overlappingEntities(sentence.entities).length;
    shared += relationsOnSharedPairs(sentence);
    for (const token of tokens) {
      if (english.has(token.toLowerCase())) functionWords++;
      if (characterToken.test(token)) single++;
    }
    const text = tokens.join(" ");
    for (const [name, pattern] of scriptPatterns) increase(scripts, name, text.match(pattern)?.length ?? 0);
  }
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const sorted = Float64Array.from(lengths).sort();
  const [script = "none", letters = 0] = [...scripts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return {
    ...{ sentences: sentences.length, annotated, tokens, entities, relations },
    tokensPerSentence: {
      mean: tokens / Math.max(1, lengths.length),
      percentile95: sorted[Math.max(0, Math.ceil(0.95 * sorted.length) - 1)] ?? 0,
      max: sorted.at(-1) ?? 0,
    },
    entityTypes: byFrequency(entityTypes),
    relationTypes: byFrequency(relationTypes),
    typed: entityTypes.size > 0,
    script: letters === 0 ? "none" : script,
    english: script === "Latin" && functionWords >= 0.08 * tokens,
    characters: single > tokens / 2,
    overlapping: overlapping / Math.max(1, entities),
    sharedPairs: shared / Math.max(1, relations),
    onePair: annotated > 0 && pairs === annotated && relations > 0.3 * annotated,
  };
}

/** Relations between two entities that have another relation, in either direction. */
function relationsOnSharedPairs({ relations }: Sentence): number {
  const counts = new Map<string, number>();
  for (const { head, tail } of relations) increase(counts, `${Math.min(head, tail)} ${Math.max(head, tail)}`);
  return [...counts.values()].reduce((sum, count) => (count > 1 ? sum + count : sum), 0);
}

const scriptPatterns: readonly (readonly [string, RegExp])[] = [
  ["Latin", /\p{Script=Latin}/gu],
  ["Han", /\p{Script=Han}/gu],
  ["Kana", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["Hangul", /\p{Script=Hangul}/gu],
  ["Cyrillic", /\p{Script=Cyrillic}/gu],
  ["Arabic", /\p{Script=Arabic}/gu],
  ["Devanagari", /\p{Script=Devanagari}/gu],
  ["Greek", /\p{Script=Greek}/gu],
  ["Hebrew", /\p{Script=Hebrew}/gu],
  ["Thai", /\p{Script=Thai}/gu],
];

const characterToken = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

/** Words that make up about a quarter of English text and are rare in other languages. */
const english = new Set("the of and to is was that for with by from are were has had which this his her at on it".split(" "));

function increase(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
