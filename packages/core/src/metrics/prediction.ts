import { DataError } from "../errors.ts";
import { type Annotation, type Entity, overlappingEntities, type Relation, type Span } from "../schema/index.ts";

/** The word of an entity that stands for all of it. */
export type Anchor = "last" | "first";

/**
 * One positive cell of a word-pair table: `head` and `tail` are token positions, equal on the
 * diagonal.
 */
export interface Cell {
  readonly head: number;
  readonly tail: number;
  readonly type: string;
  /** Between 0 and 1. */
  readonly confidence?: number | undefined;
}

/** What a model found, with the raw output that cell protocols score where the model has one. */
export interface Prediction extends Annotation {
  /** Every cell the model called positive, those that no entity stands at included. */
  readonly cells?: readonly Cell[] | undefined;
  /** One tag a token, for `rin-exact`: BIOES, with `-type` where entities are typed. */
  readonly tags?: readonly string[] | undefined;
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
      hint: "relations index the `entities` list beside them, counting from 0",
    });
  }
  return { head, tail };
}

/** The token position that stands for a span. */
export function anchorOf(span: Span, anchor: Anchor): number {
  return anchor === "last" ? span.end - 1 : span.start;
}

/**
 * BIOES tags of a sentence, typed where entities have types. Of overlapping entities the longest
 * keeps its tags, as in training.
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
 * An annotation written as cells and tags, for systems without such raw output that are to be
 * scored as if they had it.
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
