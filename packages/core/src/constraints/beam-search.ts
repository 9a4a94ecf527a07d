import { Partial } from "./partial.ts";
import type { Problem } from "./problem.ts";

/**
 * Goes through the items from the heaviest on, and keeps the best partial choices with and without
 * each. With a width of 1 it is greedy. Deterministic; the time is linear in the items.
 *
 * @param width partial choices to keep
 * @param retypes whether the options of mentions may change
 */
export function beamSearch(problem: Problem, width: number, retypes: boolean): Partial {
  const order = itemsByWeight(problem);
  if (width <= 1) {
    const only = Partial.empty(problem);
    for (const k of order) only.add(k, retypes);
    return only;
  }
  let beam = [Partial.empty(problem)];
  for (const k of order) {
    const longer = beam.flatMap((state) => {
      const next = state.copy();
      return next.add(k, retypes) ? [next] : [];
    });
    // The sort is stable: of equal totals, the choice with the heavier items stays.
    beam = [...longer, ...beam].sort((a, b) => b.total - a.total).slice(0, width);
  }
  const greedy = beamSearch(problem, 1, retypes);
  const best = beam[0] as Partial;
  return best.total >= greedy.total ? best : greedy;
}

/** The indices of the items, the heaviest first. */
export function itemsByWeight({ items }: Problem): number[] {
  return [...items.keys()].sort((a, b) => (items[b]?.weight ?? 0) - (items[a]?.weight ?? 0) || a - b);
}
