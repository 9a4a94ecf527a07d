import type { Document, Entity, Relation } from "../../schema/index.ts";
import { nearestPair } from "./mentions.ts";
import type { Omit } from "./records.ts";

/** The maximum pairs of mentions that one relation between concepts becomes, to bound memory. */
const maxPairs = 1000;

/**
 * Turns relations between concepts, as PubTator and BioC have them, into relations between
 * mentions.
 *
 * A relation becomes one between every mention of the first concept and every mention of the second
 * in the same sentence. If no sentence has both, it becomes one between the two mentions with the
 * fewest tokens between them. Whatever is not certain is reported.
 */
export class ConceptMentions {
  readonly #entities: readonly Entity[];
  readonly #sentenceOf: (token: number) => number;
  /** Entity indices by the ids of their concepts. */
  readonly #mentions = new Map<string, Set<number>>();
  readonly #found = new Map<string, readonly number[]>();
  readonly #pairs = new Map<string, { readonly pairs: readonly [number, number][]; readonly together: number }>();

  /** @param document has all of its entities */
  constructor(document: Document) {
    this.#entities = document.entities;
    this.#sentenceOf = sentenceNumbers(document);
  }

  /**
   * @param ids the concepts of a mention as the file gives them: one, `D1|D2` or none (`-1`, `-`)
   */
  add(entity: number, ids: string): void {
    this.#found.clear();
    for (const key of conceptKeys(ids)) {
      const known = this.#mentions.get(key);
      if (known === undefined) this.#mentions.set(key, new Set([entity]));
      else known.add(entity);
    }
  }

  has(id: string): boolean {
    return this.#find(id).length > 0;
  }

  /** The relations between mentions that a relation between two concepts becomes. */
  relations(ids: readonly [string, string], type: string, path: string, omit: Omit): Relation[] {
    const [heads, tails] = [this.#find(ids[0]), this.#find(ids[1])];
    const absent = ids[[heads, tails].findIndex(({ length }) => length === 0)];
    if (absent !== undefined) {
      omit(path, `no mention has the concept ${JSON.stringify(absent)}; the relation was left out`);
      return [];
    }
    const [head, tail] = [heads[0] as number, tails[0] as number];
    if (heads.length === 1 && tails.length === 1) {
      if (head !== tail || ids[0] === ids[1]) return [{ head, tail, type }];
      omit(path, "both concepts have only one mention, the same; the relation was left out");
      return [];
    }
    const key = JSON.stringify(ids);
    const { pairs, together } = this.#pairs.get(key) ?? this.#pairsOf(heads, tails, ids[0] === ids[1]);
    this.#pairs.set(key, { pairs, together });
    const became =
      together === maxPairs
        ? `only the first ${maxPairs} pairs of mentions in one sentence were related`
        : together > 1
          ? `it became ${together} between their mentions in one sentence`
          : together === 1
            ? "the only mentions in one sentence were related"
            : "the nearest mentions, in different sentences, were related";
    omit(path, `the relation is between concepts; ${became}`);
    return pairs.map(([head, tail]) => ({ head, tail, type }));
  }

  /** @returns also how many of the pairs are in one sentence */
  #pairsOf(
    heads: readonly number[],
    tails: readonly number[],
    sameConcept: boolean,
  ): { pairs: readonly [number, number][]; together: number } {
    const pairs = this.#inOneSentence(heads, tails, sameConcept);
    return { pairs: pairs.length > 0 ? pairs : [this.#nearest(heads, tails)], together: pairs.length };
  }

  #find(id: string): readonly number[] {
    const known = this.#found.get(id) ?? this.#search(id);
    this.#found.set(id, known);
    return known;
  }

  #search(id: string): readonly number[] {
    for (const keys of [[id], [withoutSource(id)], conceptKeys(id)]) {
      const found = new Set(keys.flatMap((key) => [...(this.#mentions.get(key) ?? [])]));
      if (found.size > 0) return [...found].sort((a, b) => a - b);
    }
    return [];
  }

  #inOneSentence(heads: readonly number[], tails: readonly number[], sameConcept: boolean): [number, number][] {
    const bySentence = new Map<number, number[]>();
    for (const tail of tails) {
      const sentence = this.#sentence(tail);
      const list = bySentence.get(sentence);
      if (list === undefined) bySentence.set(sentence, [tail]);
      else list.push(tail);
    }
    const pairs: [number, number][] = [];
    for (const head of heads) {
      for (const tail of bySentence.get(this.#sentence(head)) ?? []) {
        if (head === tail || (sameConcept && head > tail)) continue;
        pairs.push([head, tail]);
        if (pairs.length === maxPairs) return pairs;
      }
    }
    return pairs;
  }

  #sentence(entity: number): number {
    return this.#sentenceOf(this.#entities[entity]?.start ?? 0);
  }

  #nearest(heads: readonly number[], tails: readonly number[]): [number, number] {
    const sorted = (list: readonly number[]) =>
      list.map((index) => ({ ...(this.#entities[index] as Entity), index })).sort((a, b) => a.start - b.start || a.end - b.end);
    const [head, tail] = nearestPair(sorted(heads), sorted(tails));
    return [head.index, tail.index];
  }
}

/** Whether an id says that there is no concept. */
export function isNoConcept(ids: string): boolean {
  return /^(?:-1?|)$/.test(ids.trim());
}

/**
 * Every id under which a mention is found: the whole, its parts, and these without their source.
 */
function conceptKeys(ids: string): readonly string[] {
  if (isNoConcept(ids)) return [];
  // The bars of a sequence variant, such as p|SUB|V|600|E, are part of it.
  const separators = /^[a-z]\|[A-Z]+\|/.test(ids) ? /[,;]/ : /[|,;]/;
  const parts = ids.split(separators).filter((part) => !isNoConcept(part));
  return [...new Set([ids, ...parts].flatMap((part) => [part, withoutSource(part)]))];
}

/** `MESH:D003000` and `D003000` are the same concept. */
function withoutSource(id: string): string {
  return id.trim().replace(/^(?:mesh|omim|(?:ncbi ?)?gene|(?:ncbi ?)?taxon(?:omy)?|species):/i, "");
}

function sentenceNumbers({ sentences, tokens }: Document): (token: number) => number {
  const numbers = new Int32Array(tokens.length);
  for (const [index, { start, end }] of sentences.entries()) numbers.fill(index, start, end);
  return (token) => numbers[token] ?? -1;
}
