import { Random } from "@weft-nlp/tensor";
import { SentenceReader } from "../../encoders/index.ts";
import type { Entity, Omission, Sentence } from "../../schema/index.ts";
import { argumentTypes, type Lexicon } from "../../vocabulary/lexicon.ts";
import { type PairExample, pairFields } from "./pair-example.ts";
import { partsOf } from "./pair-parts.ts";
import type { PairSettings } from "./pair-settings.ts";

/** The examples of a training, and how many pairs they hold. */
export interface TrainingPairs {
  readonly examples: readonly PairExample[];
  readonly pairs: PairCounts;
}

/** Pairs of entities in training. */
export interface PairCounts {
  /** With a relation, and without one. */
  readonly positive: number;
  readonly negative: number;
  /** Left out because no relation in training has arguments of their types. */
  readonly filtered: number;
  /** Without a relation, left out by the ratio that was asked for. */
  readonly sampledOut: number;
}

/**
 * Given entities as pairs: all of a sentence, in both orders or in one, but those that the filter
 * by types leaves out (Ye et al. 2019, §3.1).
 */
export class PairReader {
  readonly #settings: PairSettings;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;
  readonly #maxRows: number;

  /**
   * @param maxRows rows of words, counted once for each pair, that an example may come to in
   * training; one with more comes in parts
   */
  constructor(settings: PairSettings, lexicon: Lexicon, maxRows = Infinity) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
    this.#maxRows = maxRows;
  }

  encode(sentence: Sentence, omissions: Omission[] = []): PairExample {
    return {
      ...this.#reader.read(sentence, omissions),
      entities: sentence.entities,
      pairs: this.#pairs(sentence, omissions),
    };
  }

  /**
   * All sentences, with as many pairs without a relation as `negativeRatio` wants, one pair an
   * example where pairs are shuffled.
   */
  training(sentences: readonly Sentence[], { seed }: { seed: number }, omissions: Omission[]): TrainingPairs {
    const whole = sentences.map((sentence) => this.encode(sentence, omissions));
    const { negativeRatio, batching } = this.#settings;
    const positive = whole.reduce((sum, { pairs }) => sum + countOf(pairs, (label) => label >= 0), 0);
    const all = whole.reduce((sum, { pairs }) => sum + pairs.length / pairFields, 0);
    const wanted = negativeRatio === 0 ? all - positive : Math.min(all - positive, Math.round(negativeRatio * positive));
    const kept = wanted < all - positive ? sampled(whole, wanted, all - positive, seed) : whole;
    const possible = whole.reduce((sum, { entities }) => sum + this.#orders(entities.length), 0);
    return {
      examples: batching === "grouped" ? kept.flatMap((example) => partsOf(example, this.#maxRows)) : kept.flatMap(singlePairs),
      pairs: { positive, negative: wanted, filtered: possible - all, sampledOut: all - positive - wanted },
    };
  }

  #orders(entities: number): number {
    const pairs = (entities * (entities - 1)) / 2;
    return this.#settings.pairs === "directed" ? 2 * pairs : pairs;
  }

  #pairs({ id, entities, relations }: Sentence, omissions: Omission[]): Int32Array {
    const directed = this.#settings.pairs === "directed";
    const key = (head: number, tail: number): number =>
      directed || inOrder(entities, head, tail) ? head * entities.length + tail : tail * entities.length + head;
    const labels = new Map<number, number>();
    for (const [index, { head, tail, type }] of relations.entries()) {
      const label = this.#lexicon.relations.find(type);
      const omit = (reason: string): void => void omissions.push({ source: id, path: `relations[${index}]`, reason });
      if (label === undefined) omit(`training has no relation type ${type}`);
      else if (head === tail) omit("an entity makes no pair with itself");
      else if (!this.#allowed(entities[head], entities[tail])) omit("no relation in training has arguments of these types");
      else {
        const known = labels.get(key(head, tail));
        if (known !== undefined && known !== label) omit("a pair holds one relation, and a later one wins");
        labels.set(key(head, tail), label);
      }
    }
    const pairs: number[] = [];
    for (const [head, first] of entities.entries()) {
      for (const [tail, second] of entities.entries()) {
        if (head === tail || (!directed && !inOrder(entities, head, tail)) || !this.#allowed(first, second)) continue;
        pairs.push(head, tail, labels.get(key(head, tail)) ?? -1);
      }
    }
    return Int32Array.from(pairs);
  }

  /** The filter of §3.1: without direction, either order will do. */
  #allowed(head: Entity | undefined, tail: Entity | undefined): boolean {
    const known = this.#lexicon.argumentTypes;
    if (!this.#settings.typeFilter || known === undefined || head === undefined || tail === undefined) return true;
    if (known.has(argumentTypes(head, tail))) return true;
    return this.#settings.pairs === "undirected" && known.has(argumentTypes(tail, head));
  }
}

/**
 * Whether the first of two entities stands first in the sentence, the one of lower number where
 * they start and end together.
 */
function inOrder(entities: readonly Entity[], head: number, tail: number): boolean {
  const [one, other] = [entities[head] as Entity, entities[tail] as Entity];
  return (one.start - other.start || one.end - other.end || head - tail) < 0;
}

function countOf(pairs: Int32Array, counts: (label: number) => boolean): number {
  let count = 0;
  for (let k = 2; k < pairs.length; k += pairFields) if (counts(pairs[k] as number)) count++;
  return count;
}

/** The examples with some of their pairs without a relation, drawn from all of them alike. */
function sampled(examples: readonly PairExample[], wanted: number, negative: number, seed: number): PairExample[] {
  const numbers = Int32Array.from({ length: negative }, (_, k) => k);
  Random.of(seed, "negatives").shuffle(numbers);
  const chosen = new Set(numbers.subarray(0, wanted));
  let next = 0;
  return examples.map((example) => {
    const keep = entriesOf(example.pairs).filter((pair) => (pair[2] as number) >= 0 || chosen.has(next++));
    return { ...example, pairs: Int32Array.from(keep.flatMap((pair) => [...pair])) };
  });
}

function singlePairs(example: PairExample): PairExample[] {
  return entriesOf(example.pairs).map((pairs) => ({ ...example, pairs }));
}

function entriesOf(pairs: Int32Array): Int32Array[] {
  return Array.from({ length: pairs.length / pairFields }, (_, k) => pairs.slice(k * pairFields, (k + 1) * pairFields));
}
