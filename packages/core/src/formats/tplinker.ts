import type { Location } from "../errors.ts";
import { asList, asObject, asPair, asString, type Fields } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation, type Span } from "../schema/index.ts";
import { type OffsetUnit, offsetTranslation } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { type CharacterSpan, detectOffsetUnit, placedText } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { documentFromSpacedText, MentionFinder, wordsOf } from "./shared/mentions.ts";
import {
  entityType,
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  wholeEntityUsed,
  writeJsonList,
} from "./shared/records.ts";

/** TPLinker's name for entities without a type. */
const noType = "DEFAULT";

/**
 * TPLinker's JSON: sentences as text, with relations and entities that give their words and their
 * code points, end-exclusive.
 *
 * Files that did not pass TPLinker's own preparation have no offsets; `MentionFinder` locates their
 * relations.
 */
export const tplinker: Format = {
  name: "tplinker",
  title: "TPLinker JSON",
  extensions: [".json", ".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "code points",
    entities: "all",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    oneTypeASpan: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (typeof fields?.["text"] !== "string") return false;
    return Array.isArray(fields["relation_list"]) || Array.isArray(fields["entity_list"]);
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readSentence(record, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    yield* writeJsonList(documents, tplinker, (record, omit) => {
      const { id, text, entities, relations } = record;
      const characters = offsetTranslation(text, "codepoint");
      const place = (span: Span): (number | undefined)[] => {
        const { start, end } = charSpan(record, span);
        return [characters.fromUtf16(start), characters.fromUtf16(end)];
      };
      for (const [index, { type }] of entities.entries()) {
        if (type === noType) omit(`entities[${index}].type`, `the format writes ${noType} for no type`);
      }
      return {
        id,
        text,
        relation_list: relations.map(({ head, tail, type }) => {
          const [subject, object] = [entities[head] as Entity, entities[tail] as Entity];
          return {
            subject: wordsOf(record, subject),
            subj_char_span: place(subject),
            predicate: type,
            object: wordsOf(record, object),
            obj_char_span: place(object),
          };
        }),
        entity_list: entities.map((entity) => ({
          text: wordsOf(record, entity),
          type: entity.type ?? noType,
          char_span: place(entity),
        })),
      };
    });
  },
};

/** A mention in the file: its words, and its characters if the file has offsets. */
interface Named {
  readonly words: string;
  readonly span: CharacterSpan | undefined;
  readonly path: string;
}

function readSentence(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const text = asString(fields["text"], at, "text");
  const entities = asList(fields["entity_list"] ?? [], at, "entity_list").map((item, index) => {
    const path = `entity_list[${index}]`;
    const entity = asObject(item, at, path);
    entityNames.check(entity, at, path);
    omitOthers(entity, entityFields, omit, path);
    const type = entityType(entity["type"], at, `${path}.type`);
    return { ...readNamed(entity, "text", "char_span", at, path), type: type === noType ? null : type };
  });
  const links = asList(fields["relation_list"] ?? [], at, "relation_list").map((item, index) => {
    const path = `relation_list[${index}]`;
    const relation = asObject(item, at, path);
    relationNames.check(relation, at, path);
    omitOthers(relation, relationFields, omit, path);
    const head = readNamed(relation, "subject", "subj_char_span", at, path);
    const tail = readNamed(relation, "object", "obj_char_span", at, path);
    return { head, tail, type: relationType(relation["predicate"], at, `${path}.predicate`, omit), path };
  });
  const named = [...entities, ...links.flatMap(({ head, tail }) => [head, tail])];
  const spans = named.flatMap(({ span }) => span ?? []);
  const unit = options.offsetUnit ?? detectOffsetUnit(text, spans, "codepoint");
  const fitting = (document: Document): number => countFitting(document, named, unit);
  const id = recordId(fields["id"], record, "id");
  const tokenised = (): Document => documentFromSpacedText(id, text, options.text, named.length, fitting, omit);
  const { plain, place } = placedText({ id, text, options: options.text, plain: tokenised }, spans, unit, omit);
  const finder = new MentionFinder(plain, options.mentions ?? "nearest", omit);
  for (const { span, path, type } of entities) {
    if (span !== undefined) finder.table.add({ ...place(span, path, at), type });
  }
  const relations = links.flatMap(({ head, tail, type, path }): Relation[] => {
    if (type === undefined) return [];
    if (head.span === undefined || tail.span === undefined) {
      const ends = finder.relation(head.words, tail.words, path);
      return ends === undefined ? [] : [{ ...ends, type }];
    }
    const [first, second] = [place(head.span, head.path, at), place(tail.span, tail.path, at)];
    const [from, to] = [head, tail].map(({ path }, end) => {
      const { index, by } = finder.table.meant(end === 0 ? first : second);
      if (by === "first word") omit(path, wholeEntityUsed, undefined, "disagreeing");
      return index;
    }) as [number, number];
    return [{ head: from, tail: to, type }];
  });
  for (const { span, words, path, type } of entities) if (span === undefined) finder.entity(words, type, path);
  omitOthers(fields, knownFields, omit);
  return { ...plain, entities: finder.table.entities, relations };
}

const knownFields = new Set(["id", "text", "relation_list", "entity_list"]);
/**
 * Includes the offsets in some encoder's tokens that TPLinker's preparation adds; they repeat the
 * character offsets.
 */
const entityFields = new Set(["text", "type", "char_span", "tok_span"]);
const relationFields = new Set([
  "subject",
  "object",
  "predicate",
  "subj_char_span",
  "obj_char_span",
  "subj_tok_span",
  "obj_tok_span",
]);

const recordNames = new FieldNames({ text: "text", relation_list: "list", entity_list: "list" }, knownFields);
const entityNames = new FieldNames({ text: "text", type: "text" }, entityFields);
const relationNames = new FieldNames({ subject: "text", predicate: "text", object: "text" }, relationFields);

function readNamed(fields: Fields, words: string, span: string, at: Location, path: string): Named {
  const text = asString(fields[words], at, `${path}.${words}`);
  if (fields[span] === undefined) return { words: text, span: undefined, path: `${path}.${words}` };
  const [start, end] = asPair(fields[span], at, `${path}.${span}`);
  return { words: text, span: { start, end, text }, path: `${path}.${span}` };
}

/** How many mentions start and end on the document's token boundaries. */
function countFitting(document: Document, named: readonly Named[], unit: OffsetUnit): number {
  const characters = offsetTranslation(document.text, unit);
  const starts = new Set(document.tokens.map(({ start }) => start));
  const ends = new Set(document.tokens.map(({ end }) => end));
  const finder = new MentionFinder(document, "first", () => {});
  return named.filter(({ words, span }) => {
    if (span === undefined) return finder.places(words).length > 0;
    return starts.has(characters.toUtf16(span.start) ?? -1) && ends.has(characters.toUtf16(span.end) ?? -1);
  }).length;
}
