import type { Entity, Span } from "@weft-nlp/core";

/**
 * An entity that somebody gives to a model which relates given ones; in UTF-16 units of the text,
 * so that an edit elsewhere leaves it.
 */
export interface GivenEntity {
  readonly startChar: number;
  readonly endChar: number;
  readonly type: string | null;
}

/**
 * The entities as they stand in the text after an edit: those in front of it stay, those behind it
 * move, those that it touches are gone.
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

/** The same in tokens of the text: every token that an entity touches. */
export function inTokens(given: readonly GivenEntity[], tokens: readonly Span[]): Entity[] {
  return given.map(({ startChar, endChar, type }) => {
    const start = tokens.findIndex((token) => token.end > startChar);
    const end = tokens.findLastIndex((token) => token.start < endChar) + 1;
    return start === -1 || end <= start ? { start: 0, end: 0, type } : { start, end, type };
  });
}

/**
 * With some words as an entity of this type; where exactly these words are one already, it gets the
 * type.
 */
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
