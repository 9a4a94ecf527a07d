import { VectorsBuilder, type WordVectors } from "../vocabulary/index.ts";

/**
 * Word vectors of some words. That of the k-th has sin(k + 1), sin(2k + 2) and so on, so that every
 * word has another.
 *
 * @param dimension numbers per word; defaults to 2
 */
export function vectorsOf(words: readonly string[], dimension = 2): WordVectors {
  const builder = new VectorsBuilder(dimension);
  const encoder = new TextEncoder();
  for (const [k, word] of words.entries()) {
    builder.add(
      encoder.encode(word),
      Float32Array.from({ length: dimension }, (_, j) => Math.sin((j + 1) * (k + 1))),
    );
  }
  return builder.finish({ name: "test" });
}
