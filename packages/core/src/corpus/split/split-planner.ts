import { Random } from "@weft-nlp/tensor";
import { ConfigError } from "../../errors.ts";
import type { Document } from "../../schema/index.ts";
import { hashTokens } from "./hash-tokens.ts";
import { stratify } from "./stratify.ts";
import type { StratumItem } from "./stratum-item.ts";
import { UnionFind } from "./union-find.ts";

/** The parts of a split, in order. */
export const splitParts = ["train", "dev", "test"] as const;
/** One of `splitParts`. */
export type SplitPart = (typeof splitParts)[number];
/** The share of each part; they sum to 1. */
export type SplitShares = Readonly<Record<SplitPart, number>>;

/** Shorter sentences are headings and the like: documents may share them. */
export const leastSharedTokens = 4;

/** Options of `SplitPlanner`. */
export interface SplitOptions {
  /**
   * Documents that share a sentence of at least this many tokens stay together. Shorter sentences,
   * such as headings, may occur in two parts. Defaults to 4.
   */
  readonly sharedFrom?: number | undefined;
  /**
   * Which shared sentences count: those with an entity, or all. A heading or a footer without
   * annotation shows a model nothing that a score could profit from. Defaults to `annotated`.
   */
  readonly shared?: "annotated" | "all" | undefined;
}

interface PartSize {
  readonly documents: number;
  readonly sentences: number;
  readonly relations: number;
}

/** The distribution of one relation type over the parts. */
export interface SplitOfType {
  readonly type: string;
  readonly total: number;
  readonly counts: Readonly<Record<SplitPart, number>>;
  /**
   * The part's actual share of the type minus its target share: 0.05 is five percentage points too
   * many.
   */
  readonly deviations: Readonly<Record<SplitPart, number>>;
}

/** A split with its sizes and its deviation from the requested shares. */
export interface SplitPlan {
  /** The part of each document, in the order of `add`. */
  readonly parts: readonly SplitPart[];
  readonly sizes: Readonly<Record<SplitPart, PartSize>>;
  /** Most frequent relation type first. */
  readonly types: readonly SplitOfType[];
  /** The part's actual share of the sentences minus the requested share. */
  readonly deviations: Readonly<Record<SplitPart, number>>;
  /** Sets of documents that stay together, and the one with the most sentences. */
  readonly groups: { readonly count: number; readonly largest: LargestGroup };
}

interface LargestGroup extends Pick<PartSize, "documents" | "sentences"> {
  /** The sentence that most of its documents share; absent if a name alone joins them. */
  readonly shared?: string;
}

interface Added {
  readonly sentences: number;
  readonly relations: number;
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * Splits documents into train, dev and test so that every relation type follows the requested
 * shares.
 *
 * Documents that share an annotated sentence word for word stay together, and so do documents with
 * the same id or `metadata.doc`, so no part leaks what another is scored on. A set of documents
 * that is larger than a part does not go there. Takes documents one by one and
 * keeps a few numbers of each, so a corpus need not fit in memory.
 */
export class SplitPlanner {
  readonly #documents: Added[] = [];
  readonly #tied = new UnionFind();
  readonly #firstWithSentence = new Map<number, number>();
  /** Sentences that occur again, with how often they do and a document that has them. */
  readonly #repeated = new Map<number, { readonly text: string; readonly document: number; times: number }>();
  readonly #firstWithName = new Map<string, number>();
  readonly #types = new Map<string, number>();
  readonly #sharedFrom: number;
  readonly #sharedAll: boolean;

  constructor({ sharedFrom = leastSharedTokens, shared = "annotated" }: SplitOptions = {}) {
    this.#sharedFrom = sharedFrom;
    this.#sharedAll = shared === "all";
  }

  /**
   * @param source where the document comes from: ids, unlike `metadata.doc`, mean something only
   *   within one source
   */
  add({ id, tokens, sentences, entities, relations, metadata }: Document, source = ""): void {
    const index = this.#tied.add();
    const tie = <Key>(first: Map<Key, number>, key: Key): boolean => {
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, index);
      else this.#tied.join(earlier, index);
      return earlier !== undefined && earlier !== index;
    };
    tie(this.#firstWithName, typeof metadata["doc"] === "string" ? `doc ${metadata["doc"]}` : `id ${source} ${id}`);
    const starts = entities.map(({ start }) => start).sort((a, b) => a - b);
    let next = 0;
    for (const { start, end } of sentences) {
      while ((starts[next] ?? end) < start) next++;
      const annotated = (starts[next] ?? end) < end;
      if (end - start < this.#sharedFrom || !(annotated || this.#sharedAll)) continue;
      const hash = hashTokens(tokens, start, end);
      if (tie(this.#firstWithSentence, hash)) this.#repeat(hash, index, tokens.slice(start, end));
    }
    const counts = new Map<number, number>();
    for (const { type } of relations) {
      const label = this.#types.get(type) ?? this.#types.size;
      this.#types.set(type, label);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    this.#documents.push({ sentences: sentences.length, relations: relations.length, counts });
  }

  /**
   * @param shares of the parts; they sum to 1
   * @throws {ConfigError} SETTING_INVALID otherwise
   */
  plan(shares: SplitShares, seed: number): SplitPlan {
    checkShares(shares);
    const members = this.#groups();
    const items = members.map((documents): StratumItem => {
      const counts = new Map<number, number>();
      for (const { counts: own } of documents.map((index) => this.#documents[index] as Added)) {
        for (const [label, count] of own) counts.set(label, (counts.get(label) ?? 0) + count);
      }
      return { counts, weight: this.#sum(documents, "sentences") };
    });
    const list = splitParts.map((part) => shares[part]);
    const chosen = stratify(items, list, this.#types.size, Random.of(seed, "split"));
    const parts: SplitPart[] = new Array(this.#documents.length);
    for (const [group, documents] of members.entries()) {
      for (const index of documents) parts[index] = splitParts[chosen[group] as number] as SplitPart;
    }
    const sizes = this.#sizes(parts);
    const total = Math.max(
      1,
      splitParts.reduce((sum, part) => sum + sizes[part].sentences, 0),
    );
    return {
      parts,
      sizes,
      types: this.#describeTypes(parts, shares),
      deviations: byPart((part) => sizes[part].sentences / total - shares[part]),
      groups: { count: members.length, largest: this.#largest(members, items) },
    };
  }

  #repeat(hash: number, document: number, tokens: Document["tokens"]): void {
    const known = this.#repeated.get(hash);
    if (known !== undefined) known.times++;
    else
      this.#repeated.set(hash, {
        text: tokens
          .slice(0, shownTokens)
          .map(({ text }) => text)
          .join(" "),
        document,
        times: 1,
      });
  }

  #largest(members: readonly (readonly number[])[], items: readonly StratumItem[]): LargestGroup {
    const weightOf = (group: number): number => items[group]?.weight ?? 0;
    const largest = [...members.keys()].reduce((best, group) => (weightOf(group) > weightOf(best) ? group : best), 0);
    const own = members[largest] ?? [];
    const size = { documents: own.length, sentences: weightOf(largest) };
    const root = own[0] === undefined ? -1 : this.#tied.find(own[0]);
    const repeated = [...this.#repeated.values()].filter(({ document }) => this.#tied.find(document) === root);
    const most = repeated.reduce((best, each) => (each.times > (best?.times ?? 0) ? each : best), repeated[0]);
    return most === undefined ? size : { ...size, shared: most.text };
  }

  #groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (const index of this.#documents.keys()) {
      const root = this.#tied.find(index);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [index]);
      else group.push(index);
    }
    return [...groups.values()];
  }

  #sum(documents: readonly number[], name: "sentences" | "relations"): number {
    return documents.reduce((sum, index) => sum + (this.#documents[index]?.[name] ?? 0), 0);
  }

  #sizes(parts: readonly SplitPart[]): Record<SplitPart, PartSize> {
    return byPart((part) => {
      const own = [...parts.keys()].filter((index) => parts[index] === part);
      return { documents: own.length, sentences: this.#sum(own, "sentences"), relations: this.#sum(own, "relations") };
    });
  }

  #describeTypes(parts: readonly SplitPart[], shares: SplitShares): SplitOfType[] {
    const counts = byPart(() => new Float64Array(this.#types.size));
    for (const [index, { counts: own }] of this.#documents.entries()) {
      const inPart = counts[parts[index] as SplitPart];
      for (const [label, count] of own) inPart[label] = (inPart[label] ?? 0) + count;
    }
    return [...this.#types]
      .map(([type, label]) => {
        const own = byPart((part) => counts[part][label] ?? 0);
        const total = splitParts.reduce((sum, part) => sum + own[part], 0);
        return { type, total, counts: own, deviations: byPart((part) => own[part] / total - shares[part]) };
      })
      .sort((a, b) => b.total - a.total || (a.type < b.type ? -1 : 1));
  }
}

/** Enough of a sentence to recognise it. */
const shownTokens = 12;

function byPart<Value>(make: (part: SplitPart) => Value): Record<SplitPart, Value> {
  return { train: make("train"), dev: make("dev"), test: make("test") };
}

function checkShares(shares: SplitShares): void {
  const sum = splitParts.reduce((total, part) => total + shares[part], 0);
  const wrong = splitParts.find((part) => !(shares[part] >= 0 && shares[part] <= 1));
  if (wrong === undefined && Math.abs(sum - 1) < 1e-6) return;
  throw new ConfigError("SETTING_INVALID", {
    at: wrong === undefined ? {} : { path: wrong },
    message:
      wrong === undefined
        ? `the shares ${splitParts.map((part) => shares[part]).join(", ")} sum to ${Number(sum.toPrecision(6))}, expected 1`
        : `the share is ${shares[wrong]}, expected a number from 0 to 1`,
    hint: "0.8 for train, 0.1 for dev and 0.1 for test, for example",
  });
}
