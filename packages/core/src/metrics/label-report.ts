import type { Sentence } from "../schema/index.ts";
import { relationItems, surfaceTriple, typeName } from "./matching.ts";

/** How a split overlaps with train, and which of its labels train lacks. */
export interface LabelReport {
  readonly sentences: number;
  /** Triples, one for each relation of each sentence. */
  readonly triples: number;
  /** Triples whose strings also occur as a triple in train. */
  readonly seenTriples: number;
  /** `seenTriples / triples`; 0 if there are none. */
  readonly leakage: number;
  /** The same share over distinct triples of strings. */
  readonly distinctLeakage: number;
  /** Labels missing from train, with their frequency in the split. A model cannot find them. */
  readonly relationTypesNotInTrain: Readonly<Record<string, number>>;
  readonly entityTypesNotInTrain: Readonly<Record<string, number>>;
}

/**
 * Compares a dev or test split with train: the share that memorisation finds, and the labels that a
 * model cannot learn.
 */
export function labelReport(train: Iterable<Sentence>, other: Iterable<Sentence>): LabelReport {
  const known = { triples: new Set<string>(), relations: new Set<string>(), entities: new Set<string>() };
  for (const sentence of train) {
    for (const entity of sentence.entities) known.entities.add(typeName(entity));
    for (const item of relationItems(sentence)) {
      known.relations.add(item.type);
      known.triples.add(surfaceTriple(sentence.tokens, item));
    }
  }
  const here = new Map<string, number>();
  const missingRelations = new Map<string, number>();
  const missingEntities = new Map<string, number>();
  let sentences = 0;
  for (const sentence of other) {
    sentences += 1;
    for (const entity of sentence.entities)
      if (!known.entities.has(typeName(entity))) increase(missingEntities, typeName(entity));
    for (const item of relationItems(sentence)) {
      if (!known.relations.has(item.type)) increase(missingRelations, item.type);
      increase(here, surfaceTriple(sentence.tokens, item));
    }
  }
  const seen = [...here].filter(([key]) => known.triples.has(key));
  const triples = sum(here.values());
  const seenTriples = sum(seen.map(([, times]) => times));
  return {
    sentences,
    triples,
    seenTriples,
    leakage: triples === 0 ? 0 : seenTriples / triples,
    distinctLeakage: here.size === 0 ? 0 : seen.length / here.size,
    relationTypesNotInTrain: byFrequency(missingRelations),
    entityTypesNotInTrain: byFrequency(missingEntities),
  };
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
