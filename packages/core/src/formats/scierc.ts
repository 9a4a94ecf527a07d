import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asStrings, type Fields, within } from "../json/fields.ts";
import type { Document, Entity, Relation, Span } from "../schema/index.ts";
import type { Format } from "./format.ts";
import { AnnotationKind } from "./shared/annotation-kind.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  documentFromWords,
  EntityTable,
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  tokenSpan,
  wholeEntityUsed,
} from "./shared/records.ts";

/**
 * The JSONL of SciERC and DyGIE++: one document per line, with lists of entities and relations by
 * sentence. Indices count tokens of the whole document, and ends are inclusive.
 *
 * Reads predictions (`predicted_ner`, `predicted_relations`) if they are asked for, or if there is
 * no `ner` and no `relations`, with their softmax as confidence. Coreference clusters, events and
 * fields that begin with `_` go into the metadata, and writing restores them.
 */
export const scierc: Format = {
  name: "scierc",
  title: "SciERC / DyGIE++ JSONL",
  extensions: [".jsonl", ".json"],
  holds: {
    record: "document",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "always",
    relations: true,
    overlapping: true,
    oneTypeASpan: true,
    duplicates: true,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: true,
  },

  recognises(beginning) {
    const { sentences, tokens } = firstFields(firstJsonValue(beginning)) ?? {};
    // Weft's own lines have `sentences` too, next to their tokens.
    return tokens === undefined && Array.isArray(sentences) && (sentences.length === 0 || Array.isArray(sentences[0]));
  },

  async *read(chunks, options = {}) {
    const kinds = new AnnotationKind(options.annotation);
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(
        record.at,
        (omit) => {
          const kind = kinds.of(hasAny(record.fields, predictedFields), record.at, omit);
          return readDocument(record, kind, omit);
        },
        options.onInvalid,
      );
    }
  },

  async *write(documents) {
    for await (const { record, omissions } of fittedRecords(documents, scierc)) {
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text: `${JSON.stringify(printDocument(record))}\n` };
    }
  },
};

const ownFields = new Set(["doc_key", "sentences", "ner", "relations", "predicted_ner", "predicted_relations"]);
/** The optional fields of DyGIE++, which rejects any other name that does not begin with `_`. */
const optionalFields = ["dataset", "weight", "clusters", "events"];
const recordNames = new FieldNames({ sentences: "list", ner: "list", relations: "list" }, [...ownFields, ...optionalFields]);

const goldFields = ["ner", "relations"] as const;
const predictedFields = ["predicted_ner", "predicted_relations"] as const;

function readDocument(record: JsonRecord, kind: "gold" | "predicted", omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const sentences = asList(fields["sentences"], at, "sentences").map((sentence, index) => {
    const words = asStrings(sentence, at, `sentences[${index}]`);
    const empty = words.indexOf("");
    if (empty < 0) return words;
    const path = `sentences[${index}][${empty}]`;
    throw new DataError("FIELD_INVALID", { at: within(at, path), message: "a token is the empty string" });
  });
  const plain = documentFromWords(recordId(fields["doc_key"], record, "doc_key"), sentences);
  const bounds = { start: 0, end: plain.tokens.length };
  const table = new EntityTable();
  const predicted = kind === "predicted" || !hasAny(fields, goldFields);
  const [ner, inNer] = bySentence(fields, predicted ? "predicted_ner" : "ner", sentences.length, at);
  for (const { item, path } of ner) {
    const span = inclusiveSpan(item, 0, bounds, at, path);
    table.add({ ...span, type: entityType(item[2], at, `${path}[2]`), ...confidenceOf(item, 4, inNer, at, path) });
  }
  const relations: Relation[] = [];
  const [links, inRelations] = bySentence(fields, predicted ? "predicted_relations" : "relations", sentences.length, at);
  for (const { item, path } of links) {
    const ends = [inclusiveSpan(item, 0, bounds, at, path), inclusiveSpan(item, 2, bounds, at, path)] as const;
    const type = relationType(item[4], at, `${path}[4]`, omit);
    if (type === undefined) continue;
    const [head, tail] = ends.map((span, end) => {
      const known = table.find(span);
      // A system is scored by what it says, so only annotation is read charitably.
      const { index, by } = inRelations ? { index: known ?? table.ensure(span), by: known } : table.meant(span);
      if (by === "first word") omit(path, wholeEntityUsed, undefined, "disagreeing");
      else if (by === undefined || by === "creation")
        omit(path, `${end === 0 ? "head" : "tail"} is not in ner; an entity without a type was created`);
      return index;
    }) as [number, number];
    relations.push({ head, tail, type, ...confidenceOf(item, 6, inRelations, at, path) });
  }
  return { ...plain, entities: table.entities, relations, metadata: readMetadata(fields, predicted, omit) };
}

interface Item {
  readonly item: readonly unknown[];
  readonly path: string;
}

function hasAny(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => fields[name] !== undefined);
}

/** The items of all sentences, and whether they are predictions. */
function bySentence(fields: Fields, name: string, sentences: number, at: Location): readonly [readonly Item[], boolean] {
  const lists = fields[name] === undefined ? [] : asList(fields[name], at, name);
  if (lists.length !== sentences && fields[name] !== undefined) {
    const message = `expected one list per sentence, found ${lists.length} for ${sentences} sentences`;
    throw new DataError("FIELD_INVALID", { at: within(at, name), message });
  }
  const items = lists.flatMap((list, sentence) =>
    asList(list, at, `${name}[${sentence}]`).map((item, index) => {
      const path = `${name}[${sentence}][${index}]`;
      return { item: asList(item, at, path), path };
    }),
  );
  return [items, name.startsWith("predicted_")];
}

function inclusiveSpan(item: readonly unknown[], place: number, bounds: Span, at: Location, path: string): Span {
  const start = asNumber(item[place], at, `${path}[${place}]`);
  const last = asNumber(item[place + 1], at, `${path}[${place + 1}]`);
  return tokenSpan(start, last + 1, bounds, at, path);
}

function confidenceOf(
  item: readonly unknown[],
  place: number,
  predicted: boolean,
  at: Location,
  path: string,
): { confidence?: number } {
  if (!predicted || item[place] === undefined) return {};
  return { confidence: asNumber(item[place], at, `${path}[${place}]`) };
}

function readMetadata(fields: Fields, predicted: boolean, omit: Omit): Fields {
  const metadata = new Map<string, unknown>();
  for (const [field, value] of Object.entries(fields)) {
    const isPrediction = field.startsWith("predicted_");
    if (ownFields.has(field) && !(isPrediction && !predicted)) continue;
    const name = field.startsWith("_") ? field.slice(1) : field;
    if (name === "" || metadata.has(name)) omit(field, "another field has this name in the metadata; it was left out");
    else metadata.set(name, value);
  }
  return Object.fromEntries(metadata);
}

function printDocument({ id, tokens, sentences, entities, relations, metadata }: Document): Fields {
  const inSentence = <T>(items: readonly T[], start: (item: T) => number): T[][] => {
    const lists: T[][] = sentences.map(() => []);
    for (const item of items) lists[sentenceAt(sentences, start(item))]?.push(item);
    return lists;
  };
  const ends = ({ start, end }: Span): number[] => [start, end - 1];
  const entity = (index: number): Entity => entities[index] as Entity;
  const known = optionalFields.filter((name) => Object.hasOwn(metadata, name)).map((name) => [name, metadata[name]] as const);
  const others = Object.entries(metadata).filter(([name]) => !optionalFields.includes(name));
  return {
    doc_key: id,
    ...Object.fromEntries(known),
    sentences: sentences.map(({ start, end }) => tokens.slice(start, end).map(({ text }) => text)),
    ner: inSentence(entities, ({ start }) => start).map((list) => list.map((item) => [...ends(item), item.type])),
    relations: inSentence(relations, ({ head }) => entity(head).start).map((list) =>
      list.map(({ head, tail, type }) => [...ends(entity(head)), ...ends(entity(tail)), type]),
    ),
    ...Object.fromEntries(others.map(([name, value]) => [`_${name}`, value])),
  };
}

/** The sentence of a token, by binary search. */
function sentenceAt(sentences: readonly Span[], token: number): number {
  let low = 0;
  let high = sentences.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sentences[middle] as Span).end <= token) low = middle + 1;
    else high = middle;
  }
  return low;
}
