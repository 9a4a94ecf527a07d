import type { Span } from "./document.ts";

/**
 * The indices of the entities that a flat tag scheme (one tag a token) cannot hold, in ascending
 * order.
 *
 * Of overlapping entities the longest is kept, among equally long ones the first, so nested
 * mentions give way to the one around them and the choice does not depend on their order in the
 * file. Spans are expected to be checked already.
 */
export function overlappingEntities(entities: readonly Span[]): number[] {
  const order = entities.map((_, index) => index);
  const lengthOf = (index: number): number => (entities[index]?.end ?? 0) - (entities[index]?.start ?? 0);
  order.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const taken = new Set<number>();
  const omitted: number[] = [];
  for (const index of order) {
    const span = entities[index] as Span;
    // Every span kept so far is at least as long, so an overlap always shows at the first or the
    // last token.
    if (taken.has(span.start) || taken.has(span.end - 1)) omitted.push(index);
    else for (let token = span.start; token < span.end; token++) taken.add(token);
  }
  return omitted.sort((a, b) => a - b);
}
