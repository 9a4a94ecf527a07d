import type { Annotation } from "../schema/index.ts";
import { type CountsType, countedTypes } from "./counted-types.ts";
import { typeName } from "./matching.ts";
import { type EntityFinding, entityFindings, type RelationFinding, relationFindings } from "./mistakes.ts";
import { type ProtocolChoice, type ProtocolName, protocols } from "./protocols.ts";

/** Everything that is right or wrong in one sentence. */
export interface Findings {
  readonly relations: readonly RelationFinding[];
  readonly entities: readonly EntityFinding[];
}

export interface FindingsOptions {
  /** Whether a relation turned round is a mistake; it is unless said. */
  readonly directed?: boolean | undefined;
  /** Which classes count, as `countedTypes` says it; all unless given. */
  readonly countsType?: CountsType | undefined;
}

/**
 * Compares a sentence's prediction with gold by spans, whatever the protocol: what a report counts
 * and a reader looks through.
 */
export function findingsOf(gold: Annotation, predicted: Annotation, options: FindingsOptions = {}): Findings {
  const { directed = true, countsType = countedTypes() } = options;
  return {
    relations: relationFindings(countedRelations(gold, countsType), countedRelations(predicted, countsType), directed),
    entities: entityFindings(countedEntities(gold, countsType), countedEntities(predicted, countsType)),
  };
}

/** Mistakes tell head from tail unless every protocol of relations goes without direction. */
export function looksAtDirection(names: readonly ProtocolName[], { directed }: ProtocolChoice = {}): boolean {
  const ofRelations = names.filter((name) => protocols.get(name).unit !== "entities");
  return directed ?? (ofRelations.length === 0 || ofRelations.some((name) => protocols.get(name).directed));
}

function countedRelations({ entities, relations }: Annotation, countsType: CountsType): Annotation {
  return { entities, relations: relations.filter(({ type }) => countsType(type)) };
}

function countedEntities({ entities }: Annotation, countsType: CountsType): Annotation {
  return { entities: entities.filter((entity) => countsType(typeName(entity))), relations: [] };
}
