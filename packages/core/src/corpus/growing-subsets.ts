import { Random } from "@weft-nlp/tensor";
import { ConfigError } from "../errors.ts";
import type { Sentence } from "../schema/index.ts";
import { documentsOf } from "./folds.ts";

/**
 * Subsets of a corpus that contain each other, one per share. Documents are shuffled by the seed,
 * and a subset takes the first of them until it has its share of the sentences. Sentences keep the
 * order of the corpus, and the share 1 is the whole corpus.
 *
 * A sentence's document is its `group`, as for folds; each sentence without one is its own.
 *
 * @param shares above 0 and up to 1
 * @throws {ConfigError} SETTING_INVALID for another share
 */
export function growingSubsets(sentences: readonly Sentence[], shares: readonly number[], seed: number): Sentence[][] {
  const wrong = shares.find((share) => !(share > 0 && share <= 1));
  if (wrong !== undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "shares" },
      message: `expected a number above 0 and up to 1, found ${wrong}`,
    });
  }
  const documents = Random.of(seed, "subsets").shuffle(documentsOf(sentences));
  return shares.map((share) => {
    const taken = new Set<number>();
    for (const document of documents) {
      if (taken.size >= share * sentences.length - 1e-6) break;
      for (const index of document) taken.add(index);
    }
    return sentences.filter((_, index) => taken.has(index));
  });
}
