import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation, type Span } from "../schema/index.ts";
import { offsetTranslation } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { numberedId } from "./numbered-id.ts";
import type { Capacity } from "./shared/capacity.ts";
import { placedText } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstLineValues, readJsonLines } from "./shared/json-lines.ts";
import {
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  omitOthers,
  recordEvents,
  recordId,
  relationType,
} from "./shared/records.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: false,
  offsets: "code points",
  entities: "all",
  entityTypes: "always",
  relations: true,
  overlapping: true,
  duplicates: true,
  crossSentence: true,
  discontinuous: false,
  confidence: false,
  ids: true,
  pos: false,
  metadata: true,
};

/**
 * doccano's JSONL of entities and relations, one document per line; also its lines with labels
 * only, `"label": [[0, 3, "PER"]]`.
 *
 * Offsets count code points unless the caller sets another unit: the file has no words from which
 * to detect it. Relations name the ids of entities. Other fields of a line become the document's
 * metadata.
 */
export const doccano: Format = {
  name: "doccano",
  title: "doccano JSONL",
  extensions: [".jsonl"],
  holds,

  recognises: (beginning) => firstLineValues(beginning).some(looksLikeLine),

  async *read(chunks, options = {}) {
    for await (const record of readJsonLines(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readLine(record, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, this)) {
      const text = `${JSON.stringify(printLine(record, omit))}\n`;
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

const ownFields = new Set(["id", "text", "entities", "relations", "label", "labels"]);
const entityFields = new Set(["id", "label", "start_offset", "end_offset"]);
const relationFields = new Set(["id", "from_id", "to_id", "type"]);
const lineNames = new FieldNames({ text: "text", entities: "list", relations: "list" }, ownFields);
const entityNames = new FieldNames({ label: "text", start_offset: "number", end_offset: "number" }, entityFields);
const relationNames = new FieldNames({ type: "text", from_id: "id", to_id: "id" }, relationFields);

function looksLikeLine(value: unknown): boolean {
  const fields = firstFields(value);
  // Lines of sequence labelling have their text in `data`; reading says so.
  if (fields === undefined || typeof (fields["text"] ?? fields["data"]) !== "string") return false;
  const { entities, label = fields["labels"] } = fields;
  if (Array.isArray(entities)) return firstFields(entities[0])?.["start_offset"] !== undefined;
  const [first] = Array.isArray(label) ? (label as unknown[]) : [];
  return Array.isArray(first) && first.length === 3 && typeof first[0] === "number" && typeof first[2] === "string";
}

function readLine(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  lineNames.check(fields, at);
  const id = recordId(fields["id"], record, "id");
  const text = asString(fields["text"], at, "text");
  const unit = options.offsetUnit ?? "codepoint";
  const { plain, place } = placedText({ id, text, options: options.text }, spansOf(fields), unit, omit);
  const index = new Map<string, number>();
  const marked = listOf(fields, "entities", at).map((item, number): Entity => {
    const path = `entities[${number}]`;
    const each = asObject(item, at, path);
    entityNames.check(each, at, path);
    omitOthers(each, entityFields, omit, path);
    const id = idOf(each["id"], at, `${path}.id`);
    if (index.has(id))
      throw new DataError("FIELD_INVALID", { at: within(at, `${path}.id`), message: `another entity has the id ${id}` });
    index.set(id, number);
    const start = asNumber(each["start_offset"], at, `${path}.start_offset`);
    const end = asNumber(each["end_offset"], at, `${path}.end_offset`);
    return { ...place({ start, end }, path, at), type: entityType(each["label"], at, `${path}.label`) };
  });
  const labelled = ["label", "labels"].flatMap((name) =>
    listOf(fields, name, at).map((item, number): Entity => {
      const path = `${name}[${number}]`;
      const [start, end, type] = asList(item, at, path);
      const span = { start: asNumber(start, at, `${path}[0]`), end: asNumber(end, at, `${path}[1]`) };
      return { ...place(span, path, at), type: entityType(type, at, `${path}[2]`) };
    }),
  );
  const relations = listOf(fields, "relations", at).flatMap((item, number) =>
    readRelation(asObject(item, at, `relations[${number}]`), `relations[${number}]`, index, at, omit),
  );
  const metadata = Object.fromEntries(Object.entries(fields).filter(([name]) => !ownFields.has(name)));
  return { ...plain, entities: [...marked, ...labelled], relations, metadata };
}

/** The spans of a line, as far as they are spans; what is not is reported where it is read. */
function spansOf(fields: Fields): Span[] {
  const items = ["entities", "label", "labels"].flatMap((name) =>
    Array.isArray(fields[name]) ? (fields[name] as unknown[]) : [],
  );
  return items.flatMap((item) => {
    const named = firstFields(item);
    const [start, end] =
      named === undefined && Array.isArray(item) ? (item as unknown[]) : [named?.["start_offset"], named?.["end_offset"]];
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
}

function readRelation(fields: Fields, path: string, index: ReadonlyMap<string, number>, at: Location, omit: Omit): Relation[] {
  relationNames.check(fields, at, path);
  omitOthers(fields, relationFields, omit, path);
  const [head, tail] = ["from_id", "to_id"].map((name) => {
    const id = idOf(fields[name], at, `${path}.${name}`);
    const found = index.get(id);
    if (found !== undefined) return found;
    throw new DataError("RELATION_END_MISSING", {
      at: within(at, `${path}.${name}`),
      message: `${name} names the entity ${id}, but no entity of this line has this id`,
      hint: "relations name entities by id, not by list index",
    });
  }) as [number, number];
  const type = relationType(fields["type"], at, `${path}.type`, omit);
  return type === undefined ? [] : [{ head, tail, type }];
}

function printLine(document: Document, omit: Omit): unknown {
  const { id, text, entities, relations, metadata } = document;
  const characters = offsetTranslation(text, "codepoint");
  const others = Object.entries(metadata).filter(([name]) => {
    if (!ownFields.has(name)) return true;
    omit(`metadata.${name}`, "the format uses this name for something else");
    return false;
  });
  return {
    id: numberedId(id),
    text,
    entities: entities.map((entity, index) => {
      const { start, end } = charSpan(document, entity);
      const [start_offset, end_offset] = [characters.fromUtf16(start), characters.fromUtf16(end)];
      return { id: index, label: entity.type, start_offset, end_offset };
    }),
    relations: relations.map(({ head, tail, type }, index) => ({ id: index, from_id: head, to_id: tail, type })),
    ...Object.fromEntries(others),
  };
}

function idOf(value: unknown, at: Location, path: string): string {
  return typeof value === "string" ? value : String(asNumber(value, at, path));
}

function listOf(fields: Fields, name: string, at: Location): readonly unknown[] {
  return fields[name] === undefined || fields[name] === null ? [] : asList(fields[name], at, name);
}
