import type { CountsType } from "./counted-types.ts";
import type { Counts } from "./counts.ts";
import type { Item, Matching } from "./matching.ts";

/** An item with its contribution to the sums of its class and its buckets. */
export interface CountedItem {
  readonly item: Item;
  readonly counts: Counts;
}

/**
 * Every gold item, found or missed, then every wrong prediction. A correct prediction is counted
 * with its gold item.
 *
 * @param countsType whether a class counts
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
