import type { CountsType } from "./counted-types.ts";
import type { Counts } from "./counts.ts";
import type { Item, Matching } from "./matching.ts";

/** An item with what it adds to the sums of its class and of its buckets. */
export interface CountedItem {
  readonly item: Item;
  readonly counts: Counts;
}

/**
 * Every gold item, right or missed, then every wrong prediction; a right prediction counts where
 * its gold item does.
 *
 * @param countsType what says of a class whether it counts
 */
export function countedItems(matching: Matching, countsType: CountsType): CountedItem[] {
  const counted: CountedItem[] = [];
  for (const [key, item] of matching.gold) {
    const right = matching.correct.has(key) ? 1 : 0;
    if (countsType(item.type)) counted.push({ item, counts: { predicted: right, gold: 1, correct: right } });
  }
  for (const [key, item] of matching.predicted) {
    if (matching.correct.has(key) || !countsType(item.type)) continue;
    counted.push({ item, counts: { predicted: 1, gold: 0, correct: 0 } });
  }
  return counted;
}
