import type { Annotation, Entity, Relation, Span } from "../schema/index.ts";

/** The entities and relations found in one window of a sentence, in tokens of the document. */
export interface WindowFinding extends Annotation {
  readonly window: Span;
}

/**
 * Merges the findings of overlapping windows of one sentence, without duplicates.
 *
 * - Entities with the same span and type become one, with the highest confidence of any window.
 * - Other entities that overlap, and that no window found together, are rival readings of the same
 *   words. The one further from the borders of its window wins, because it was read with more
 *   context; ties go to the more confident one, then to the longer. The ends of the sentence do not
 *   count as borders.
 * - If an argument of a relation gives way to a rival, the rival replaces it. The same relation
 *   between the same entities becomes one, with the highest confidence. A relation whose arguments
 *   become the same entity is dropped.
 *
 * Entities are ordered by their spans, relations by their arguments.
 *
 * @param sentence the sentence's span in tokens of the document
 * @param given whether the entities came with the document, so that overlapping ones are not rivals
 *   and all stay; defaults to false
 */
export function mergeWindows(sentence: Span, findings: readonly WindowFinding[], given = false): Annotation {
  const readings = new Map<string, Reading>();
  const found = findings.map(({ entities, window }, index) =>
    entities.map((entity) => note(readings, entity, window, index, sentence)),
  );
  const stay = inOrder(given ? [...readings.values()] : unrivalled([...readings.values()], sentence));
  const places = new Map(stay.map((reading, place) => [reading, place]));
  const placeOf = (reading: Reading): number => places.get(reading.stands ?? reading) as number;
  const relations = new Map<string, Relation>();
  for (const [index, finding] of findings.entries()) {
    for (const relation of finding.relations) {
      const [first, second] = [found[index]?.[relation.head] as Reading, found[index]?.[relation.tail] as Reading];
      const [head, tail] = [placeOf(first), placeOf(second)];
      if (head === tail && first !== second) continue;
      const key = JSON.stringify([head, tail, relation.type]);
      const known = relations.get(key);
      if (known === undefined || sureness(known) < sureness(relation)) relations.set(key, { ...relation, head, tail });
    }
  }
  return {
    entities: stay.map(({ entity }) => entity),
    relations: [...relations.values()].toSorted((a, b) => a.head - b.head || a.tail - b.tail),
  };
}

/** An entity, as one or more windows found it. */
interface Reading {
  entity: Entity;
  /** Tokens to the nearest border of the window, in the window where this is largest. */
  margin: number;
  readonly windows: Set<number>;
  /** The reading it gave way to. */
  stands?: Reading;
}

function note(readings: Map<string, Reading>, entity: Entity, window: Span, index: number, sentence: Span): Reading {
  const margin = Math.min(
    window.start === sentence.start ? Number.POSITIVE_INFINITY : entity.start - window.start,
    window.end === sentence.end ? Number.POSITIVE_INFINITY : window.end - entity.end,
  );
  const key = JSON.stringify([entity.start, entity.end, entity.type]);
  const known = readings.get(key);
  if (known === undefined) {
    const reading = { entity, margin, windows: new Set([index]) };
    readings.set(key, reading);
    return reading;
  }
  known.margin = Math.max(known.margin, margin);
  known.windows.add(index);
  if (sureness(known.entity) < sureness(entity)) known.entity = entity;
  return known;
}

/** The readings that stay. Each of the others records the reading it gave way to. */
function unrivalled(readings: readonly Reading[], sentence: Span): Reading[] {
  const order = readings.toSorted(
    (a, b) =>
      compare(b.margin, a.margin) ||
      sureness(b.entity) - sureness(a.entity) ||
      b.entity.end - b.entity.start - (a.entity.end - a.entity.start) ||
      a.entity.start - b.entity.start,
  );
  const at: Reading[][] = Array.from({ length: sentence.end - sentence.start }, () => []);
  return order.filter((reading) => {
    const tokens = at.slice(reading.entity.start - sentence.start, reading.entity.end - sentence.start);
    for (const held of tokens) {
      const rival = held.find((other) => !sideBySide(other, reading));
      if (rival === undefined) continue;
      reading.stands = rival;
      return false;
    }
    for (const held of tokens) held.push(reading);
    return true;
  });
}

function inOrder(readings: readonly Reading[]): Reading[] {
  return readings.toSorted((a, b) => a.entity.start - b.entity.start || a.entity.end - b.entity.end);
}

/** Whether some window found both. */
function sideBySide(a: Reading, b: Reading): boolean {
  for (const window of a.windows) if (b.windows.has(window)) return true;
  return false;
}

/** Compares numbers that may be infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function sureness({ confidence = 1 }: { readonly confidence?: number | undefined }): number {
  return confidence;
}
