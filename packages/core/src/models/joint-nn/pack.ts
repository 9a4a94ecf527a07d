import type { Random } from "@weft-nlp/tensor";
import type { JointExample } from "./encoder.ts";
import type { JointBatch } from "./entity-network.ts";

/**
 * Sentences end to end.
 *
 * @param wordDropout share of words that become unknown where `random` is given, which is in training
 */
export function packSentences(examples: readonly JointExample[], wordDropout: number, random: Random | undefined): JointBatch {
  const offsets = new Int32Array(examples.length + 1);
  for (const [s, { length }] of examples.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
  const words = new Int32Array(offsets.at(-1) ?? 0);
  for (const [s, example] of examples.entries()) {
    const start = offsets[s] ?? 0;
    for (let i = 0; i < example.length; i++) {
      const dropped = random !== undefined && wordDropout > 0 && random.next() < wordDropout;
      words[start + i] = (dropped ? example.unknown[i] : example.words[i]) ?? 0;
    }
  }
  return { words, offsets, tokens: examples.flatMap(({ tokens }) => tokens) };
}
