import type { Entity } from "@weft-nlp/core";

/** What a mention looks like: its first and last word, those around it, its form and its length. */
export function cluesOf(words: readonly string[], { start, end }: Pick<Entity, "start" | "end">): string[] {
  const own = words.slice(start, end);
  return [
    `first ${own[0]}`,
    `last ${own.at(-1)}`,
    `before ${words[start - 1] ?? ""}`,
    `after ${words[end] ?? ""}`,
    `form ${own.map(formOf).join(" ")}`,
    `length ${Math.min(own.length, 4)}`,
  ];
}

/** Counts of clues by type, from which the likeliest type of other words follows. */
export class ClueCounts {
  readonly #types = new Map<string, number>();
  readonly #clues = new Map<string, Map<string, number>>();

  add(type: string, clues: readonly string[], weight: number): void {
    this.#types.set(type, (this.#types.get(type) ?? 0) + weight);
    for (const clue of clues) {
      const counts = this.#clues.get(clue) ?? new Map<string, number>();
      this.#clues.set(clue, counts);
      counts.set(type, (counts.get(type) ?? 0) + weight);
    }
  }

  /** The type that naive Bayes finds likeliest, each clue smoothed by a half; null without data. */
  likeliest(clues: readonly string[]): string | null {
    let best: { readonly type: string; readonly score: number } | null = null;
    for (const [type, total] of this.#types) {
      const score = clues.reduce(
        (sum, clue) => sum + Math.log(((this.#clues.get(clue)?.get(type) ?? 0) + 0.5) / (total + 1)),
        Math.log(total),
      );
      if (best === null || score > best.score) best = { type, score };
    }
    return best?.type ?? null;
  }
}

function formOf(word: string): string {
  if (/^\d+$/u.test(word)) return `${word.length} digits`;
  if (/\d/u.test(word)) return "some digits";
  if (/^\p{Lu}+$/u.test(word)) return "capitals";
  return /^\p{Lu}/u.test(word) ? "a capital" : "small";
}

/**
 * How much of a type's name stands in words, 0 to 1: "works for" says all of `works_for`, "was
 * founded by" half of `founded_on`. A word counts as there if its first four letters are.
 */
export function saidIn(type: string, words: readonly string[]): number {
  const parts = type
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "");
  const present = new Set(words.map((word) => word.toLowerCase().slice(0, 4)));
  const found = parts.filter((part) => present.has(part.slice(0, 4)));
  // Words such as "in" say something beside others, and nothing alone.
  return found.some((part) => part.length > 3) ? found.length / parts.length : 0;
}
