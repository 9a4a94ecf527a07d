import type { Annotation, Entity, Relation } from "@weft-nlp/core";

/** What to keep. An omitted predicate keeps everything. */
export interface AnnotationFilter {
  readonly entity?: ((entity: Entity, index: number) => boolean) | undefined;
  readonly relation?: ((relation: Relation, index: number) => boolean) | undefined;
}

/** A part of an annotation, with the original indices of its entities and relations. */
export interface KeptAnnotation<Source extends Annotation> {
  readonly source: Source;
  /** The original index of each item. */
  readonly entities: readonly number[];
  readonly relations: readonly number[];
}

/**
 * A document with some of its entities and relations. A relation is removed with either of its
 * arguments.
 */
export function keepAnnotation<Source extends Annotation>(source: Source, filter: AnnotationFilter): KeptAnnotation<Source> {
  const entities = [...source.entities.keys()].filter(
    (index) => filter.entity?.(source.entities[index] as Entity, index) ?? true,
  );
  const places = new Map(entities.map((index, place) => [index, place]));
  const relations = [...source.relations.keys()].filter((index) => {
    const relation = source.relations[index] as Relation;
    return places.has(relation.head) && places.has(relation.tail) && (filter.relation?.(relation, index) ?? true);
  });
  const kept = {
    ...source,
    entities: entities.map((index) => source.entities[index] as Entity),
    relations: relations.map((index) => {
      const relation = source.relations[index] as Relation;
      return { ...relation, head: places.get(relation.head) as number, tail: places.get(relation.tail) as number };
    }),
  };
  return { source: kept, entities, relations };
}
