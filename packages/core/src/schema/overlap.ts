import type { Span } from "./document.ts";

/**
 * The indices of the entities that a flat tag scheme (one tag per token) cannot hold, in ascending
 * order.
 *
 * Among overlapping entities the longest is kept, and the first among equally long ones. Nested
 * mentions thus give way to the outer one, whatever their order in the file. Spans must be valid.
 */
export function overlappingEntities(entities: readonly Span[]): number[] {
  const order = entities.map((_, index) => index);
  const lengthOf = (index: number): number => (entities[index]?.end ?? 0) - (entities[index]?.start ?? 0);
  order.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const taken = new Set<number>();
  const omitted: number[] = [];
  for (const index of order) {
    const span = entities[index] as Span;
    // Every span kept so far is at least as long, so an overlap always includes the first or the
    // last token.
    if (taken.has(span.start) || taken.has(span.end - 1)) omitted.push(index);
    else for (let token = span.start; token < span.end; token++) taken.add(token);
  }
  return omitted.sort((a, b) => a - b);
}
