import type { Annotation, Entity, Span } from "../schema/index.ts";
import { overlap, relationsOf, spanKey, typeOf } from "./items.ts";
import type { KappaByType, Labels } from "./kappa-by-type.ts";
import type { SharedDocument } from "./match-annotators.ts";

/**
 * Adds the units of entities: every span of up to `longest` tokens to `exact`, every token to
 * `partial`.
 */
export function entityUnits(
  { document, annotations }: SharedDocument,
  longest: number,
  exact: KappaByType,
  partial: KappaByType,
): void {
  const none: Labels = annotations.map((each) => (each === undefined ? undefined : []));
  const spans = new Map<string, string[][]>();
  const tokens: string[][][] = document.tokens.map(() => []);
  for (const [annotator, annotation] of annotations.entries()) {
    for (const entity of annotation?.entities ?? []) {
      const types = spans.get(spanKey(entity)) ?? [];
      spans.set(spanKey(entity), types);
      types[annotator] = [...(types[annotator] ?? []), typeOf(entity)];
      for (let token = entity.start; token < entity.end; token++) {
        const own = tokens[token] as string[][];
        own[annotator] = [...(own[annotator] ?? []), typeOf(entity)];
      }
    }
  }
  const labels = (types: readonly (readonly string[] | undefined)[]): Labels =>
    none.map((each, annotator) => (each === undefined ? undefined : (types[annotator] ?? [])));
  let candidates = 0;
  for (const { start, end } of document.sentences) {
    for (let length = 1; length <= Math.min(longest, end - start); length++) candidates += end - start - length + 1;
  }
  for (const types of spans.values()) exact.add(labels(types));
  // Spans across sentences may be more than there are candidates.
  exact.add(none, Math.max(0, candidates - spans.size));
  let empty = 0;
  for (const types of tokens) {
    if (types.length === 0) empty++;
    else partial.add(labels(types));
  }
  partial.add(none, empty);
}

/**
 * Adds the units of relations: ordered pairs of spans that everyone marked to `exact`, of entities
 * that overlap across all annotators to `partial`.
 */
export function relationUnits(shared: SharedDocument, exact: KappaByType, partial: KappaByType): void {
  addPairs(shared, placesOf(shared, sameSpan), exact);
  addPairs(shared, placesOf(shared, touching), partial);
}

/** The number of the place at which each annotator's entity lies; −1 if not everyone marked it. */
type Places = readonly (readonly number[])[];

interface Marked {
  readonly annotator: number;
  readonly index: number;
  readonly entity: Entity;
}

function sameSpan(marked: readonly Marked[]): Marked[][] {
  const groups = new Map<string, Marked[]>();
  for (const each of marked) {
    const key = spanKey(each.entity);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

/** Entities in order of their start; a group ends where the next entity touches none of it. */
function touching(marked: readonly Marked[]): Marked[][] {
  const sorted = [...marked].sort((a, b) => a.entity.start - b.entity.start || a.entity.end - b.entity.end);
  const groups: { span: Span; members: Marked[] }[] = [];
  for (const each of sorted) {
    const last = groups.at(-1);
    if (last !== undefined && overlap(last.span, each.entity) > 0) {
      last.members.push(each);
      last.span = { start: last.span.start, end: Math.max(last.span.end, each.entity.end) };
    } else groups.push({ span: each.entity, members: [each] });
  }
  return groups.map(({ members }) => members);
}

function placesOf(
  { annotations }: SharedDocument,
  group: (marked: readonly Marked[]) => Marked[][],
): { places: Places; spans: Span[] } {
  const places = annotations.map((each) => new Array<number>(each?.entities.length ?? 0).fill(-1));
  const marked = annotations.flatMap(
    (each, annotator) => each?.entities.map((entity, index) => ({ annotator, index, entity })) ?? [],
  );
  const present = annotations.filter((each) => each !== undefined).length;
  const spans: Span[] = [];
  for (const members of group(marked)) {
    if (new Set(members.map(({ annotator }) => annotator)).size < present) continue;
    for (const { annotator, index } of members) (places[annotator] as number[])[index] = spans.length;
    const [first] = members;
    if (first !== undefined) spans.push(first.entity);
  }
  return { places, spans };
}

function addPairs(
  { document, annotations }: SharedDocument,
  { places, spans }: { places: Places; spans: Span[] },
  into: KappaByType,
): void {
  const none: Labels = annotations.map((each) => (each === undefined ? undefined : []));
  const related = new Map<string, string[][]>();
  for (const [annotator, annotation] of annotations.entries()) {
    for (const [head, tail, type] of endsOf(annotation, places[annotator] ?? [])) {
      if (head === tail) continue;
      const types = related.get(`${head} ${tail}`) ?? [];
      related.set(`${head} ${tail}`, types);
      types[annotator] = [...(types[annotator] ?? []), type];
    }
  }
  const inSentence = document.sentences.map(
    ({ start, end }) => spans.filter((span) => span.start >= start && span.start < end).length,
  );
  const sentenceOf = (place: number): number =>
    document.sentences.findIndex(({ start, end }) => (spans[place]?.start ?? -1) >= start && (spans[place]?.start ?? -1) < end);
  let pairs = inSentence.reduce((sum, count) => sum + count * (count - 1), 0);
  for (const [key, types] of related) {
    const [head = 0, tail = 0] = key.split(" ").map(Number);
    if (sentenceOf(head) === sentenceOf(tail)) pairs--;
    into.add(none.map((each, annotator) => (each === undefined ? undefined : (types[annotator] ?? []))));
  }
  into.add(none, pairs);
}

function endsOf(annotation: Annotation | undefined, places: readonly number[]): (readonly [number, number, string])[] {
  if (annotation === undefined) return [];
  const placed = annotation.entities.map((entity, index) => [entity, places[index] ?? -1] as const);
  const at = new Map(placed);
  return relationsOf(annotation).flatMap(({ head, tail, type }) => {
    const [from, to] = [at.get(head) ?? -1, at.get(tail) ?? -1];
    return from < 0 || to < 0 ? [] : [[from, to, type] as const];
  });
}
