import type { Annotation } from "../schema/index.ts";
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
  /** Classes that do not count, on either side; a relation keeps its arguments whatever their class. */
  readonly ignored?: ReadonlySet<string> | undefined;
}

/** Compares a sentence's prediction with gold by spans, whatever the protocol: what a report counts and a reader looks through. */
export function findingsOf(gold: Annotation, predicted: Annotation, options: FindingsOptions = {}): Findings {
  const { directed = true, ignored = none } = options;
  return {
    relations: relationFindings(withoutRelations(gold, ignored), withoutRelations(predicted, ignored), directed),
    entities: entityFindings(withoutEntities(gold, ignored), withoutEntities(predicted, ignored)),
  };
}

/** Mistakes tell head from tail unless every protocol of relations goes without direction. */
export function looksAtDirection(names: readonly ProtocolName[], { directed }: ProtocolChoice = {}): boolean {
  const ofRelations = names.filter((name) => protocols[name].unit !== "entities");
  return directed ?? (ofRelations.length === 0 || ofRelations.some((name) => protocols[name].directed));
}

const none: ReadonlySet<string> = new Set();

function withoutRelations({ entities, relations }: Annotation, ignored: ReadonlySet<string>): Annotation {
  return { entities, relations: ignored.size === 0 ? relations : relations.filter(({ type }) => !ignored.has(type)) };
}

function withoutEntities({ entities }: Annotation, ignored: ReadonlySet<string>): Annotation {
  return { entities: ignored.size === 0 ? entities : entities.filter((entity) => !ignored.has(typeName(entity))), relations: [] };
}
