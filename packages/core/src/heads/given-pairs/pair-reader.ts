import { Random } from "@weft-nlp/tensor";
import { SentenceReader } from "../../encoders/index.ts";
import type { Entity, Omission, Sentence } from "../../schema/index.ts";
import { argumentTypes, type Lexicon } from "../../vocabulary/lexicon.ts";
import { type PairExample, pairFields } from "./pair-example.ts";
import { partsOf } from "./pair-parts.ts";
import type { PairSettings } from "./pair-settings.ts";

/** The training examples, with counts of their pairs. */
export interface TrainingPairs {
  readonly examples: readonly PairExample[];
  readonly pairs: PairCounts;
}

/** Counts of the pairs of entities in the training data. */
export interface PairCounts {
  /** Pairs with a relation. */
  readonly positive: number;
  /** Pairs without a relation that training keeps. */
  readonly negative: number;
  /** Pairs skipped because no relation in training has arguments of their types. */
  readonly filtered: number;
  /** Pairs without a relation that `negativeRatio` leaves out. */
  readonly sampledOut: number;
}

/**
 * Forms pairs from given entities: every two entities of a sentence, in one or both orders, except
 * those that the type filter skips (Ye et al. 2019, §3.1).
 */
export class PairReader {
  readonly #settings: PairSettings;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;
  readonly #maxRows: number;

  /**
   * @param maxRows maximum word rows of a training example, counting the sentence once for each
   *   pair; larger examples are split. Defaults to no limit.
   */
  constructor(settings: PairSettings, lexicon: Lexicon, maxRows = Infinity) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
    this.#maxRows = maxRows;
  }

  /**
   * Turns a sentence with its entities into an example that holds all its pairs.
   *
   * @param omissions collects relations that no pair can hold
   */
  encode(sentence: Sentence, omissions: Omission[] = []): PairExample {
    return {
      ...this.#reader.read(sentence, omissions),
      entities: sentence.entities,
      pairs: this.#pairs(sentence, omissions),
    };
  }

  /**
   * The training examples of all sentences. Pairs without a relation are sampled to
   * `negativeRatio`; if pairs are shuffled, every example holds one pair.
   *
   * @param options.seed chooses the pairs without a relation
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
      else if (head === tail) omit("an entity cannot form a pair with itself");
      else if (!this.#allowed(entities[head], entities[tail])) omit("no relation in training has arguments of these types");
      else {
        const known = labels.get(key(head, tail));
        if (known !== undefined && known !== label) omit("a pair holds one relation, and the last one wins");
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

  /** The type filter of §3.1. For undirected pairs, either order of the types passes. */
  #allowed(head: Entity | undefined, tail: Entity | undefined): boolean {
    const known = this.#lexicon.argumentTypes;
    if (!this.#settings.typeFilter || known === undefined || head === undefined || tail === undefined) return true;
    if (known.has(argumentTypes(head, tail))) return true;
    return this.#settings.pairs === "undirected" && known.has(argumentTypes(tail, head));
  }
}

/**
 * Whether the first of two entities precedes the second in the sentence. For equal spans the lower
 * index comes first.
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

/** The examples with a uniform sample of `wanted` of the pairs without a relation. */
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
