import type { Annotation, Entity, Relation, Span } from "../schema/index.ts";

/** What was found in one window of a sentence, in tokens of the document. */
export interface WindowFinding extends Annotation {
  readonly window: Span;
}

/**
 * The findings of overlapping windows of one sentence, put together so that nothing stands there
 * twice.
 *
 * - The same span with the same type is one entity, with the highest confidence any window gave it.
 * - Entities that overlap otherwise, and that no window found side by side, are readings of the
 *   same words: the one that lies further from the borders of its window stays, since it was read
 *   with more around it; where that is equal, the surer one, then the longer. Borders that are
 *   those of the sentence do not count.
 * - A relation keeps its ends: where one gave way, the entity it gave way to takes its place. The
 *   same relation between the same ends is one, with the highest confidence; one whose two ends
 *   become the same entity is none.
 *
 * Entities come in the order of their places, relations in that of their ends.
 *
 * @param sentence tokens of the document
 * @param given whether the entities came with the document: then overlapping ones are no rival
 *   readings, and all stay
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

/** A span with a type, as the windows found it. */
interface Reading {
  entity: Entity;
  /**
   * Tokens between it and the nearest border of a window that found it, the most of all of them.
   */
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

/** The readings that stay; the others learn what they gave way to. */
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

/** Less than, equal or more, for numbers that may be infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function sureness({ confidence = 1 }: { readonly confidence?: number | undefined }): number {
  return confidence;
}
