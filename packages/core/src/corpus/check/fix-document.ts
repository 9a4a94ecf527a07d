import { type Document, type Entity, type Relation, withMovedNotes } from "../../schema/index.ts";
import { joinKey, typedSpanKey } from "../../schema/span-keys.ts";
import type { LabelKind } from "./problem.ts";

/** A type to rename. Applies to entity and relation types unless `of` is set. */
export interface Renaming {
  readonly of?: LabelKind | undefined;
  readonly from: string;
  readonly to: string;
}

/** How many items were fixed, by kind of fix. */
export interface FixCounts {
  readonly repeatedEntities: number;
  readonly repeatedRelations: number;
  readonly renamedEntities: number;
  readonly renamedRelations: number;
}

/**
 * Applies every fix that needs no human judgement. Repeated entities and relations are merged,
 * keeping the relations of all copies, and types are renamed as configured.
 */
export function fixDocument(document: Document, renamings: readonly Renaming[] = []): { document: Document; fixes: FixCounts } {
  const entityName = renamer("entity", renamings);
  const relationName = renamer("relation", renamings);
  const fixes = { repeatedEntities: 0, repeatedRelations: 0, renamedEntities: 0, renamedRelations: 0 };
  const entities: Entity[] = [];
  const known = new Map<string, number>();
  const placeOf = document.entities.map((entity) => {
    const type = entity.type === null ? null : entityName(entity.type);
    if (type !== entity.type) fixes.renamedEntities++;
    const fixed = { ...entity, type };
    const key = typedSpanKey(fixed);
    const same = known.get(key);
    if (same !== undefined) {
      fixes.repeatedEntities++;
      return same;
    }
    const place = entities.push(fixed) - 1;
    known.set(key, place);
    return place;
  });
  const relations: Relation[] = [];
  const seen = new Map<string, number>();
  const relationPlaceOf = document.relations.map((relation) => {
    const [head, tail] = [placeOf[relation.head] ?? relation.head, placeOf[relation.tail] ?? relation.tail];
    const type = relationName(relation.type);
    if (type !== relation.type) fixes.renamedRelations++;
    const key = joinKey(head, tail, type);
    const same = seen.get(key);
    if (same !== undefined) {
      fixes.repeatedRelations++;
      return same;
    }
    const place = relations.push({ ...relation, head, tail, type }) - 1;
    seen.set(key, place);
    return place;
  });
  const places = { entities: placeOf, relations: relationPlaceOf };
  return { document: withMovedNotes({ ...document, entities, relations }, document, places), fixes };
}

function renamer(kind: LabelKind, renamings: readonly Renaming[]): (name: string) => string {
  const names = new Map(renamings.filter(({ of }) => of === undefined || of === kind).map(({ from, to }) => [from, to]));
  return (name) => names.get(name) ?? name;
}
