import {
  type Document,
  type Entity,
  joinTokens,
  type Omission,
  overlappingEntities,
  type Relation,
  type Span,
  sentenceDocuments,
  withMovedNotes,
} from "../../schema/index.ts";
import { joinKey, spanKey, typedSpanKey } from "../../schema/span-keys.ts";
import type { Capacity } from "./capacity.ts";

/** Replaces a missing type in formats that require one. */
const untyped = "Entity";

/** A document cut down to what a format holds, and what had to go. */
export interface FittedDocument {
  /** The document, or one document per sentence if a record is a sentence. */
  readonly records: readonly Document[];
  readonly omissions: readonly Omission[];
}

/**
 * Reduces a document to what a format can hold, and reports every annotation dropped or changed, so
 * that all writers make the same choices. The longest of overlapping entities stays; a relation
 * goes when one of its ends goes.
 *
 * The document's id, text spacing, tokens and sentence ends are not annotation. The format's
 * capacity states once what it keeps of them, so they are not reported here.
 */
export function fitDocument(document: Document, holds: Capacity): FittedDocument {
  const omissions: Omission[] = [];
  const omit: Omit = (path, reason) => void omissions.push({ source: document.id, path, reason });
  const sentenceOf = sentenceNumbers(document);
  const fitted = fitEntities(document, holds, sentenceOf, omit);
  const relations = fitRelations(document, fitted, holds, sentenceOf, omit);
  if (holds.entities === "in relations") dropLonely(fitted, relations, omit);
  if (document.pos !== undefined && !holds.pos) omit("pos", "the format has no part-of-speech tags");
  const metadata = Object.keys(document.metadata);
  if (!holds.metadata) for (const name of metadata) omit(`metadata.${name}`, "the format cannot store this field");
  const whole = assemble(document, fitted, relations, holds);
  return { records: holds.record === "document" ? [whole] : sentenceRecords(whole, holds), omissions };
}

type Omit = (path: string, reason: string) => void;

/** The entity to write, `null` if dropped, or the index of an earlier entity that it duplicates. */
type Fitted = Entity | number | null;

function fitEntities(document: Document, holds: Capacity, sentenceOf: (token: number) => number, omit: Omit): Fitted[] {
  const overlapping = new Set(holds.overlapping ? [] : overlappingEntities(document.entities));
  const seen = new Map<string, number>();
  const types = new Map<number, string | null>();
  return document.entities.map((entity, index) => {
    const path = `entities[${index}]`;
    if (holds.record === "sentence" && sentenceOf(entity.start) !== sentenceOf(entity.end - 1)) {
      omit(path, "the entity crosses a sentence boundary, and each record is one sentence");
      return null;
    }
    const type = fitType(entity.type, holds, path, omit);
    const span = fitSpan(entity, holds, path, omit);
    const key = holds.oneTypeASpan ? spanKey(span) : typedSpanKey({ ...span, type });
    const same = seen.get(key);
    if (same !== undefined && (!holds.duplicates || (holds.oneTypeASpan && types.get(same) !== type))) {
      const twice = types.get(same) === type;
      omit(path, twice ? "the entity is a duplicate" : "another entity has this span, and the format has one type per span");
      return same;
    }
    if (overlapping.has(index)) {
      omit(path, "the entity overlaps another, and the format holds only flat entities");
      return null;
    }
    if (same === undefined) {
      seen.set(key, index);
      types.set(index, type);
    }
    return { ...span, type, ...fitConfidence(entity, holds, path, omit) };
  });
}

function fitSpan({ start, end }: Entity, { lastWords }: Capacity, path: string, omit: Omit): Span {
  if (!lastWords || end - start === 1) return { start, end };
  omit(path, "the format holds only the last word of a mention");
  return { start: end - 1, end };
}

function fitType(type: string | null, holds: Capacity, path: string, omit: Omit): string | null {
  if (type === null) {
    if (holds.entityTypes !== "always") return null;
    omit(`${path}.type`, `every entity must have a type; written as ${JSON.stringify(untyped)}`);
    return untyped;
  }
  if (holds.entityTypes === "never") {
    omit(`${path}.type`, "the format has no entity types");
    return null;
  }
  return fitName(type, holds, path, omit);
}

function fitName(type: string, { typeNames }: Capacity, path: string, omit: Omit): string {
  if (typeNames === undefined || typeNames.test(type)) return type;
  const characters = Array.from(type, (character) => (typeNames.test(character) ? character : "_"));
  const name = characters.join("");
  omit(`${path}.type`, `the format does not allow this type name; ${JSON.stringify(type)} is written as ${JSON.stringify(name)}`);
  return name;
}

function fitConfidence(item: Entity | Relation, holds: Capacity, path: string, omit: Omit): { confidence?: number } {
  if (item.confidence === undefined) return {};
  if (holds.confidence) return { confidence: item.confidence };
  omit(`${path}.confidence`, "the format cannot store a confidence");
  return {};
}

/** The relations to write, and the index there of each of the document's. */
interface FittedRelations {
  readonly kept: readonly Relation[];
  readonly places: readonly (number | undefined)[];
}

function fitRelations(
  document: Document,
  fitted: readonly Fitted[],
  holds: Capacity,
  sentenceOf: (token: number) => number,
  omit: Omit,
): FittedRelations {
  const kept: Relation[] = [];
  const seen = new Map<string, number>();
  const target = (index: number): number => {
    const end = fitted[index];
    return typeof end === "number" ? end : index;
  };
  const places = document.relations.map((relation, index) => {
    const path = `relations[${index}]`;
    const [head, tail] = [target(relation.head), target(relation.tail)];
    const ends = [fitted[head], fitted[tail]];
    const [first, second] = ends.map((end) => (typeof end === "object" && end !== null ? sentenceOf(end.start) : -1));
    if (!holds.relations) omit(path, "the format has no relations");
    else if (ends.includes(null)) omit(path, "an end of the relation could not be written");
    else if ((!holds.crossSentence || holds.record === "sentence") && first !== second)
      omit(path, "the ends of the relation are in different sentences");
    else {
      const type = fitName(relation.type, holds, path, omit);
      const key = joinKey(head, tail, type);
      const same = holds.duplicates ? undefined : seen.get(key);
      if (same !== undefined) {
        omit(path, "the relation is a duplicate");
        return same;
      }
      const place = kept.push({ head, tail, type, ...fitConfidence(relation, holds, path, omit) }) - 1;
      seen.set(key, place);
      return place;
    }
    return undefined;
  });
  return { kept, places };
}

function dropLonely(fitted: Fitted[], { kept }: FittedRelations, omit: Omit): void {
  const used = new Set(kept.flatMap(({ head, tail }) => [head, tail]));
  for (const [index, entity] of fitted.entries()) {
    if (typeof entity !== "object" || entity === null || used.has(index)) continue;
    omit(`entities[${index}]`, "the entity is in no relation, and the format holds only entities in relations");
    fitted[index] = null;
  }
}

function assemble(document: Document, fitted: readonly Fitted[], relations: FittedRelations, holds: Capacity): Document {
  const places = new Map<number, number>();
  const entities: Entity[] = [];
  for (const [index, entity] of fitted.entries()) {
    if (typeof entity !== "object" || entity === null) continue;
    places.set(index, entities.length);
    entities.push(entity);
  }
  const { pos, ...rest } = document;
  const whole = {
    ...rest,
    ...(pos === undefined || !holds.pos ? {} : { pos }),
    entities,
    relations: relations.kept.map((relation) => ({
      ...relation,
      head: places.get(relation.head) as number,
      tail: places.get(relation.tail) as number,
    })),
    metadata: holds.metadata ? document.metadata : {},
  };
  if (!holds.metadata) return whole;
  const placeOf = (entity: Fitted, index: number): number | undefined => places.get(typeof entity === "number" ? entity : index);
  const newPlaces = { entities: fitted.map(placeOf), relations: relations.places };
  return withMovedNotes(whole, document, newPlaces);
}

/** Nothing crosses a sentence boundary any more, so splitting omits nothing. */
function sentenceRecords(document: Document, holds: Capacity): Document[] {
  const { doc } = document.metadata;
  return sentenceDocuments(document).map((made) => {
    const { span: _, metadata, ...sentence } = made;
    return {
      ...sentence,
      ...joinTokens(sentence.tokens.map(({ text }) => text)),
      metadata: holds.metadata ? { ...metadata, ...(doc === undefined ? {} : { doc }) } : {},
    };
  });
}

function sentenceNumbers({ sentences, tokens }: Document): (token: number) => number {
  const numbers = new Int32Array(tokens.length);
  for (const [index, { start, end }] of sentences.entries()) numbers.fill(index, start, end);
  return (token) => numbers[token] ?? -1;
}
