import type { Document } from "../../schema/index.ts";
import { hashTokens } from "../split/hash-tokens.ts";
import { WordWeights } from "./word-weights.ts";

/** A sentence to annotate next. */
export interface Suggestion {
  /** One sentence, with the annotation that it was added with. */
  readonly document: Document;
  /** How unsure the model is: the sum of the entropies of its entities and relations, in bits. */
  readonly uncertainty: number;
  /** Of this, the part that relations have. */
  readonly relations: number;
  /** The largest similarity of its words to those of a sentence further up, 0 to 1. */
  readonly similarity: number;
}

/** Options of `Suggester`. */
export interface SuggestOptions {
  /** How many sentences are wanted; at least 1. */
  readonly count: number;
  /**
   * How much sentences avoid the words of those further up: 0 is by uncertainty alone. Defaults to
   * 1.
   */
  readonly variety?: number | undefined;
}

interface Candidate extends Pick<Suggestion, "document" | "uncertainty" | "relations"> {
  readonly order: number;
  readonly score: number;
}

/**
 * Chooses the sentences whose annotation should help a model most: those that it is unsure about,
 * and that differ from each other.
 *
 * The uncertainty of a sentence is the sum of the binary entropies of the confidences that the
 * model gave to its entities and relations, so candidates of relations below the threshold belong
 * in the annotation. It is divided by the root of the number of tokens, because long sentences have
 * more of everything and cost more to annotate. Sentences are then chosen one by one: the score is
 * multiplied by (1 − s) to the power of `variety`, where s is the largest cosine of a sentence's
 * words, weighted by rarity, with those of a sentence already chosen (maximal marginal relevance,
 * Carbonell and Goldstein 1998).
 *
 * Takes sentences one by one and keeps the most uncertain ones, so the input may have any size. The
 * same input gives the same result.
 */
export class Suggester {
  readonly #count: number;
  readonly #variety: number;
  readonly #kept: number;
  readonly #seen = new Set<number>();
  readonly #words = new WordWeights();
  readonly #candidates: Candidate[] = [];
  #added = 0;

  constructor({ count, variety = 1 }: SuggestOptions) {
    this.#count = count;
    this.#variety = variety;
    this.#kept = Math.max(2000, 5 * count);
  }

  /** Excludes a sentence, such as one that is annotated already. */
  exclude({ tokens }: Pick<Document, "tokens">): void {
    this.#seen.add(hashTokens(tokens, 0, tokens.length));
  }

  /**
   * @param document one sentence, with the model's annotation and confidences
   * @returns whether it is a candidate: it has words, and was neither excluded nor added before
   */
  add(document: Document): boolean {
    const { tokens, entities, relations } = document;
    const hash = hashTokens(tokens, 0, tokens.length);
    if (tokens.length === 0 || this.#seen.has(hash)) return false;
    this.#seen.add(hash);
    this.#words.count(tokens);
    const unsure = (items: readonly { readonly confidence?: number | undefined }[]): number =>
      items.reduce((sum, { confidence = 1 }) => sum + entropy(confidence), 0);
    const related = unsure(relations);
    const uncertainty = related + unsure(entities);
    const score = (uncertainty + leastUncertainty) / Math.sqrt(tokens.length);
    this.#candidates.push({ document, uncertainty, relations: related, order: this.#added++, score });
    if (this.#candidates.length >= 2 * this.#kept) this.#trim();
    return true;
  }

  /** Returns the sentences, the most useful first; fewer than wanted if there are not as many. */
  choose(): Suggestion[] {
    this.#trim();
    const open = this.#candidates.map((candidate) => ({
      ...candidate,
      words: this.#words.of(candidate.document.tokens),
      similarity: 0,
    }));
    const chosen: Suggestion[] = [];
    while (chosen.length < this.#count && open.length > 0) {
      const value = ({ score, similarity }: (typeof open)[number]): number => score * (1 - similarity) ** this.#variety;
      let best = 0;
      for (const index of open.keys()) {
        if (value(open[index] as (typeof open)[number]) > value(open[best] as (typeof open)[number])) best = index;
      }
      const [taken] = open.splice(best, 1);
      if (taken === undefined) break;
      const { document, uncertainty, relations, similarity } = taken;
      chosen.push({ document, uncertainty, relations, similarity });
      for (const other of open) other.similarity = Math.max(other.similarity, cosine(taken.words, other.words));
    }
    return chosen;
  }

  /** Keeps the most uncertain candidates, in an order that depends on nothing else. */
  #trim(): void {
    this.#candidates.sort((a, b) => b.score - a.score || a.order - b.order);
    this.#candidates.length = Math.min(this.#candidates.length, this.#kept);
  }
}

/** Sentences in which a model finds nothing are chosen last, the most different ones first. */
const leastUncertainty = 1e-3;

/** The entropy of a yes or no with this probability, in bits. */
function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

function cosine(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [word, weight] of small) sum += weight * (large.get(word) ?? 0);
  return Math.min(1, sum);
}
