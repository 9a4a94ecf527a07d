import type { Span } from "../../schema/index.ts";

/** A span that may be chosen, with what choosing it brings. */
export interface WeightedSpan extends Span {
  /** Above 0 if the span is worth choosing. */
  readonly weight: number;
}

/**
 * The indices of spans that do not overlap and have the highest total weight, in the order of their
 * ends: weighted interval scheduling, exact by dynamic programming over the ends (Kleinberg and
 * Tardos 2005, §6.1). Of equally good sets, it takes the one without the last span.
 */
export function chooseSpans(spans: readonly WeightedSpan[]): number[] {
  const order = [...spans.keys()].filter((k) => (spans[k]?.weight ?? 0) > 0);
  order.sort((a, b) => endOf(spans, a) - endOf(spans, b) || a - b);
  // The best total of the first k spans in this order.
  const best = new Float64Array(order.length + 1);
  const before = new Int32Array(order.length);
  for (const [k, index] of order.entries()) {
    const { start = 0, weight = 0 } = spans[index] ?? {};
    before[k] = countUpTo(spans, order, k, start);
    best[k + 1] = Math.max(best[k] ?? 0, weight + (best[before[k] ?? 0] ?? 0));
  }
  const chosen: number[] = [];
  for (let k = order.length; k > 0; ) {
    if (best[k] === best[k - 1]) k--;
    else {
      chosen.push(order[k - 1] ?? 0);
      k = before[k - 1] ?? 0;
    }
  }
  return chosen.reverse();
}

/** The indices of all spans worth choosing; of more than `most`, those with the largest weights. */
export function surestSpans(spans: readonly WeightedSpan[], most: number): number[] {
  const worthwhile = [...spans.keys()].filter((k) => (spans[k]?.weight ?? 0) > 0);
  if (worthwhile.length <= most) return worthwhile;
  worthwhile.sort((a, b) => (spans[b]?.weight ?? 0) - (spans[a]?.weight ?? 0) || a - b);
  return worthwhile.slice(0, most);
}

/** How many of the first k spans in order end at `start` or before. */
function countUpTo(spans: readonly WeightedSpan[], order: readonly number[], k: number, start: number): number {
  let [low, high] = [0, k];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(spans, order[middle] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endOf(spans: readonly Span[], index: number): number {
  return spans[index]?.end ?? 0;
}
