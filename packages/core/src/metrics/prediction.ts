import { DataError } from "../errors.ts";
import { type Annotation, type Entity, overlappingEntities, type Relation, type Span } from "../schema/index.ts";

/** The word that represents an entity. */
export type Anchor = "last" | "first";

/**
 * One positive cell of a word-pair table. `head` and `tail` are token positions, equal on the
 * diagonal.
 */
export interface Cell {
  readonly head: number;
  readonly tail: number;
  readonly type: string;
  /** Between 0 and 1. */
  readonly confidence?: number | undefined;
}

/** A model's prediction, with the raw output that cell protocols score if the model has any. */
export interface Prediction extends Annotation {
  /** Every positive cell, including those without an entity. */
  readonly cells?: readonly Cell[] | undefined;
  /** One tag per token, for `rin-exact`: BIOES, with `-type` if entities are typed. */
  readonly tags?: readonly string[] | undefined;
  /** How constraints were met; absent if the model has none. */
  readonly search?: SearchNote | undefined;
}

/** How a prediction that meets constraints was found. */
export interface SearchNote {
  /**
   * `none`: nothing conflicted; `exact`: it is proven to be the best choice; `beam`: it is the best
   * one that a beam found after the exact search reached its limit.
   */
  readonly method: "none" | "exact" | "beam";
  /** Groups of entities whose relations conflicted. */
  readonly conflicts: number;
}

/**
 * The two ends of a relation.
 *
 * @throws {DataError} RELATION_END_MISSING when an index has no entity
 */
export function relationEnds(annotation: Annotation, relation: Relation): { head: Entity; tail: Entity } {
  const head = annotation.entities[relation.head];
  const tail = annotation.entities[relation.tail];
  if (head === undefined || tail === undefined) {
    throw new DataError("RELATION_END_MISSING", {
      at: { path: `relations[${annotation.relations.indexOf(relation)}].${head === undefined ? "head" : "tail"}` },
      message: `${relation.type} joins entities ${relation.head} and ${relation.tail}, but there are ${annotation.entities.length}`,
      hint: "relations index the `entities` list of the same annotation, counting from 0",
    });
  }
  return { head, tail };
}

/** The token position that represents a span. */
export function anchorOf(span: Span, anchor: Anchor): number {
  return anchor === "last" ? span.end - 1 : span.start;
}

/**
 * The BIOES tags of a sentence, typed if entities have types. As in training, the longest of
 * overlapping entities keeps its tags.
 */
export function flatTags(entities: readonly Entity[], tokenCount: number): string[] {
  const tags = new Array<string>(tokenCount).fill("O");
  const lost = new Set(overlappingEntities(entities));
  for (const [index, { start, end, type }] of entities.entries()) {
    if (lost.has(index)) continue;
    const suffix = type === null ? "" : `-${type}`;
    tags.fill(`I${suffix}`, start, end);
    tags[end - 1] = `E${suffix}`;
    tags[start] = `${end - start === 1 ? "S" : "B"}${suffix}`;
  }
  return tags;
}

/**
 * Converts an annotation to cells and tags, so that cell protocols can score systems without raw
 * output.
 */
export function withRawOutput(annotation: Annotation, tokenCount: number, anchor: Anchor = "last"): Prediction {
  const cells = annotation.relations.map((relation) => {
    const { head, tail } = relationEnds(annotation, relation);
    return { head: anchorOf(head, anchor), tail: anchorOf(tail, anchor), type: relation.type };
  });
  return { ...annotation, cells, tags: flatTags(annotation.entities, tokenCount) };
}

/** How many positions two spans share. */
export function sharedLength(left: Span, right: Span): number {
  return Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start));
}
