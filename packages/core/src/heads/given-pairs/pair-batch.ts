import type { PackedSentences } from "../../encoders/index.ts";
import type { Span } from "../../schema/index.ts";
import { type PairExample, pairFields } from "./pair-example.ts";
import type { PairSettings } from "./pair-settings.ts";

/** Two entities of a sentence. Spans and anchors are positions in the packed words of the batch. */
export interface PackedPair {
  readonly sentence: Span;
  readonly head: Span;
  readonly tail: Span;
  /** The words that offsets from head and tail are counted from. */
  readonly anchors: readonly [number, number];
}

/** The sentences that have pairs, with their pairs. */
export interface PairBatch extends PackedSentences {
  readonly pairs: readonly PackedPair[];
  /** The class of each pair, −1 for no relation. */
  readonly labels: Int32Array;
}

/** @param pack packs sentences for the encoder; it is given only those with pairs */
export function packPairs(
  examples: readonly PairExample[],
  { anchor }: Pick<PairSettings, "anchor">,
  pack: (examples: readonly PairExample[]) => PackedSentences,
): PairBatch {
  const held = examples.filter(({ pairs }) => pairs.length > 0);
  const packed = pack(held);
  const pairs: PackedPair[] = [];
  const labels: number[] = [];
  for (const [s, example] of held.entries()) {
    const [start, end] = [packed.offsets[s] as number, packed.offsets[s + 1] as number];
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
  return { ...packed, pairs, labels: Int32Array.from(labels) };
}
