import type { Annotation } from "../schema/index.ts";
import { type CountsType, countedTypes } from "./counted-types.ts";
import { typeName } from "./matching.ts";
import { type EntityFinding, entityFindings, type RelationFinding, relationFindings } from "./mistakes.ts";
import { type ProtocolChoice, type ProtocolName, protocols } from "./protocols.ts";

/** The correct and wrong items of one sentence. */
export interface Findings {
  readonly relations: readonly RelationFinding[];
  readonly entities: readonly EntityFinding[];
}

/** How `findingsOf` compares a sentence. */
export interface FindingsOptions {
  /** Whether swapping head and tail is a mistake. Defaults to true. */
  readonly directed?: boolean | undefined;
  /** Which classes count, as a predicate from `countedTypes`. Defaults to all. */
  readonly countsType?: CountsType | undefined;
}

/**
 * Compares a sentence's prediction with gold by spans, whatever the protocol. Reports count these
 * findings, and the page lists them.
 */
export function findingsOf(gold: Annotation, predicted: Annotation, options: FindingsOptions = {}): Findings {
  const { directed = true, countsType = countedTypes() } = options;
  return {
    relations: relationFindings(countedRelations(gold, countsType), countedRelations(predicted, countsType), directed),
    entities: entityFindings(countedEntities(gold, countsType), countedEntities(predicted, countsType)),
  };
}

/**
 * Whether mistakes distinguish head from tail: yes, unless all chosen relation protocols are
 * undirected.
 */
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
