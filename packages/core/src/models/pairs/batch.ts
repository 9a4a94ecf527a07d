import type { Random } from "@weft-nlp/tensor";
import type { Span } from "../../schema/index.ts";
import { type PairExample, pairFields } from "./example.ts";
import type { PairSettings } from "./settings.ts";

/** Two entities of a sentence; spans and anchors count words of the whole batch. */
export interface PackedPair {
  readonly sentence: Span;
  readonly head: Span;
  readonly tail: Span;
  /** The words that offsets are counted from. */
  readonly anchors: readonly [number, number];
}

/** Sentences that have pairs, end to end. */
export interface PairBatch {
  readonly words: Int32Array;
  readonly tags: Int32Array;
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly pairs: readonly PackedPair[];
  /** The class of each pair, −1 for no relation. */
  readonly labels: Int32Array;
}

/** @param random given in training, where word dropout makes some words unknown */
export function packPairs(
  examples: readonly PairExample[],
  { anchor, wordDropout }: Pick<PairSettings, "anchor" | "wordDropout">,
  random: Random | undefined,
): PairBatch {
  const held = examples.filter(({ pairs }) => pairs.length > 0);
  const offsets = new Int32Array(held.length + 1);
  for (const [s, { length }] of held.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
  const words = new Int32Array(offsets[held.length] ?? 0);
  const tags = new Int32Array(words.length);
  const pairs: PackedPair[] = [];
  const labels: number[] = [];
  for (const [s, example] of held.entries()) {
    const [start, end] = [offsets[s] as number, offsets[s + 1] as number];
    tags.set(example.tags, start);
    for (let i = 0; i < example.length; i++) {
      const dropped = random !== undefined && wordDropout > 0 && random.next() < wordDropout;
      words[start + i] = (dropped ? example.unknown[i] : example.words[i]) ?? 0;
    }
    for (let k = 0; k < example.pairs.length; k += pairFields) {
      const [head, tail] = [0, 1].map((side) => {
        const entity = example.entities[example.pairs[k + side] as number] as Span;
        return { start: start + entity.start, end: start + entity.end };
      }) as [Span, Span];
      const anchorOf = (span: Span): number => (anchor === "first" ? span.start : span.end - 1);
      pairs.push({ sentence: { start, end }, head, tail, anchors: [anchorOf(head), anchorOf(tail)] });
      labels.push(example.pairs[k + 2] as number);
    }
  }
  return { words, tags, offsets, pairs, labels: Int32Array.from(labels) };
}
