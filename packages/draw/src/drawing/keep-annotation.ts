import type { Annotation, Entity, Relation } from "@weft-nlp/core";

/** What may be seen; all of it where a question is left out. */
export interface AnnotationFilter {
  readonly entity?: ((entity: Entity, index: number) => boolean) | undefined;
  readonly relation?: ((relation: Relation, index: number) => boolean) | undefined;
}

/** A part of an annotation, and where its entities and relations stood in the whole. */
export interface KeptAnnotation<Source extends Annotation> {
  readonly source: Source;
  /** By place in the part, the index in the whole. */
  readonly entities: readonly number[];
  readonly relations: readonly number[];
}

/**
 * A document with some of its entities and relations; a relation goes with either of its arguments.
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
