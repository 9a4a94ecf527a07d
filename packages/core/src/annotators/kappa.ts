/** The category of a unit for each annotator; undefined for one who did not see it. */
export type Ratings = readonly (string | undefined)[];

/**
 * Counts ratings and computes how much of the agreement chance does not explain.
 *
 * Two annotators: κ of Cohen 1960, with the categories that each of them uses. Three or more: κ of
 * Fleiss 1971. There, a unit that not everyone has seen counts with those who have, as long as they
 * are two: the share of agreeing pairs is that among them.
 */
export class KappaTable {
  readonly #annotators: number;
  #units = 0;
  #agreed = 0;
  /** How often each annotator (Cohen) or anyone (Fleiss) used a category. */
  readonly #used: Map<string, number>[];

  constructor(annotators: number) {
    this.#annotators = annotators;
    this.#used = Array.from({ length: annotators === 2 ? 2 : 1 }, () => new Map<string, number>());
  }

  /** @param times how many units have these ratings */
  add(ratings: Ratings, times = 1): void {
    if (times === 0) return;
    const given = ratings.flatMap((category, index) => (category === undefined ? [] : [{ category, index }]));
    if (given.length < 2) return;
    this.#units += times;
    const counts = new Map<string, number>();
    for (const { category, index } of given) {
      counts.set(category, (counts.get(category) ?? 0) + 1);
      const used = this.#used[this.#annotators === 2 ? index : 0] as Map<string, number>;
      used.set(category, (used.get(category) ?? 0) + times);
    }
    let pairs = 0;
    for (const count of counts.values()) pairs += count * (count - 1);
    this.#agreed += (times * pairs) / (given.length * (given.length - 1));
  }

  /** −1 to 1; null without units, or if only one category was ever used. */
  value(): number | null {
    if (this.#units === 0) return null;
    const [one = new Map<string, number>(), two = one] = this.#used;
    const sum = (used: ReadonlyMap<string, number>): number => [...used.values()].reduce((total, count) => total + count, 0);
    const [ones, twos] = [sum(one), sum(two)];
    let chance = 0;
    for (const [category, count] of one) chance += (count / ones) * ((two.get(category) ?? 0) / twos);
    const agreed = this.#agreed / this.#units;
    return 1 - chance < 1e-12 ? null : (agreed - chance) / (1 - chance);
  }
}
