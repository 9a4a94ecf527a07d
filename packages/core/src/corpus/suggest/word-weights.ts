import type { Token } from "../../schema/index.ts";

/** Weights words by how few sentences have them. */
export class WordWeights {
  readonly #sentences = new Map<string, number>();
  #total = 0;

  /** Counts the words of a sentence. */
  count(tokens: readonly Token[]): void {
    this.#total++;
    for (const word of new Set(tokens.map(wordOf))) this.#sentences.set(word, (this.#sentences.get(word) ?? 0) + 1);
  }

  /** The words of a sentence with their weights, as a vector of length 1. */
  of(tokens: readonly Token[]): ReadonlyMap<string, number> {
    const weights = new Map<string, number>();
    for (const token of tokens) {
      const word = wordOf(token);
      const rarity = Math.log((this.#total + 1) / ((this.#sentences.get(word) ?? 0) + 1));
      if (rarity > 0) weights.set(word, (weights.get(word) ?? 0) + rarity);
    }
    const length = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0));
    for (const [word, weight] of weights) weights.set(word, weight / length);
    return weights;
  }
}

function wordOf({ text }: Token): string {
  return text.toLowerCase();
}
