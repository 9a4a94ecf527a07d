import type { Entity, Span } from "@weft-nlp/core";

/**
 * An entity marked by the user, in UTF-16 units of the text, so edits elsewhere leave it intact.
 */
export interface GivenEntity {
  readonly startChar: number;
  readonly endChar: number;
  readonly type: string | null;
}

/**
 * Adjusts entities to an edit of the text: those before it stay, those after it move, those that it
 * touches are removed.
 */
export function followEdit(given: readonly GivenEntity[], before: string, after: string): readonly GivenEntity[] {
  const shorter = Math.min(before.length, after.length);
  let front = 0;
  while (front < shorter && before[front] === after[front]) front++;
  let behind = 0;
  while (behind < shorter - front && before[before.length - 1 - behind] === after[after.length - 1 - behind]) behind++;
  const shift = after.length - before.length;
  return given.flatMap((entity) => {
    if (entity.endChar <= front) return [entity];
    if (entity.startChar < before.length - behind) return [];
    return [{ ...entity, startChar: entity.startChar + shift, endChar: entity.endChar + shift }];
  });
}

/** Converts the entities to tokens: each covers every token that it touches. */
export function inTokens(given: readonly GivenEntity[], tokens: readonly Span[]): Entity[] {
  return given.map(({ startChar, endChar, type }) => {
    const start = tokens.findIndex((token) => token.end > startChar);
    const end = tokens.findLastIndex((token) => token.start < endChar) + 1;
    return start === -1 || end <= start ? { start: 0, end: 0, type } : { start, end, type };
  });
}

/** Adds an entity of this type; if one with the same span exists, it gets the type. */
export function mark(
  given: readonly GivenEntity[],
  { start, end }: Span,
  type: string | null,
  tokens: readonly Span[],
): GivenEntity[] {
  const [first, last] = [tokens[start], tokens[end - 1]];
  if (first === undefined || last === undefined) return [...given];
  const entity = { startChar: first.start, endChar: last.end, type };
  const same = given.findIndex(({ startChar, endChar }) => startChar === entity.startChar && endChar === entity.endChar);
  return same === -1 ? [...given, entity] : given.with(same, entity);
}
