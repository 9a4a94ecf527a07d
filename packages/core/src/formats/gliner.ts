import type { Location } from "../errors.ts";
import { asList, asNumber, asObject, asPair, asStrings } from "../json/fields.ts";
import type { Document, Entity, Relation, Span } from "../schema/index.ts";
import type { Format } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  documentFromWords,
  EntityTable,
  endIndex,
  entityType,
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  tokenSpan,
  wholeEntityUsed,
  writeJsonList,
} from "./shared/records.ts";

/**
 * The JSON of GLiNER's relation extraction: token lists, entities with inclusive ends, and
 * relations that index them.
 *
 * Also reads GLiREL's lines, whose relations are objects that name their ends by token pairs from
 * `ner`.
 */
export const gliner: Format = {
  name: "gliner",
  title: "GLiNER RelEx JSON",
  extensions: [".json", ".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "always",
    relations: true,
    overlapping: true,
    duplicates: true,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },

  recognises(beginning) {
    return Array.isArray(firstFields(firstJsonValue(beginning))?.["tokenized_text"]);
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readSentence(record, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    yield* writeJsonList(documents, gliner, ({ tokens, entities, relations }) => ({
      tokenized_text: tokens.map(({ text }) => text),
      ner: entities.map(({ start, end, type }) => [start, end - 1, type]),
      relations: relations.map(({ head, tail, type }) => [head, tail, type]),
    }));
  },
};

function readSentence(record: JsonRecord, omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const plain = documentFromWords(recordId(fields["id"], record, "id"), [
    asStrings(fields["tokenized_text"], at, "tokenized_text"),
  ]);
  const bounds = { start: 0, end: plain.tokens.length };
  const table = new EntityTable();
  for (const [index, item] of asList(fields["ner"] ?? [], at, "ner").entries()) {
    const path = `ner[${index}]`;
    const entity = asList(item, at, path);
    const [start, last] = [asNumber(entity[0], at, `${path}[0]`), asNumber(entity[1], at, `${path}[1]`)];
    table.add({ ...tokenSpan(start, last + 1, bounds, at, path), type: entityType(entity[2], at, `${path}[2]`) });
  }
  const relations = asList(fields["relations"] ?? [], at, "relations").flatMap((item, index): Relation[] => {
    const path = `relations[${index}]`;
    const ends = Array.isArray(item) ? listEnds(item, table.entities, at, path) : objectEnds(item, table, bounds, at, path, omit);
    const label = Array.isArray(item) ? item[2] : asObject(item, at, path)["relation_text"];
    const type = relationType(label, at, Array.isArray(item) ? `${path}[2]` : `${path}.relation_text`, omit);
    return type === undefined ? [] : [{ ...ends, type }];
  });
  omitOthers(fields, knownFields, omit);
  return { ...plain, entities: table.entities, relations };
}

const knownFields = new Set(["tokenized_text", "ner", "relations", "id"]);
const recordNames = new FieldNames({ tokenized_text: "words", ner: "list", relations: "list" }, knownFields);
const relationNames = new FieldNames({ relation_text: "text", head: "object", tail: "object" });

type Ends = Pick<Relation, "head" | "tail">;

function listEnds(item: readonly unknown[], { length }: readonly Entity[], at: Location, path: string): Ends {
  const [head, tail] = [0, 1].map((end) =>
    endIndex(asNumber(item[end], at, `${path}[${end}]`), length, "entity", at, `${path}[${end}]`),
  ) as [number, number];
  return { head, tail };
}

/** GLiREL names an end by the token pair of its entity in `ner`. */
function objectEnds(item: unknown, table: EntityTable, bounds: Span, at: Location, path: string, omit: Omit): Ends {
  const relation = asObject(item, at, path);
  relationNames.check(relation, at, path);
  const [head, tail] = ["head", "tail"].map((name) => {
    const end = asObject(relation[name], at, `${path}.${name}`);
    const [start, last] = asPair(end["position"], at, `${path}.${name}.position`);
    const span = tokenSpan(start, last + 1, bounds, at, `${path}.${name}.position`);
    const type = entityType(end["type"], at, `${path}.${name}.type`);
    const { index, by } = table.meant(span);
    if (by === "first word") omit(`${path}.${name}`, wholeEntityUsed, undefined, "disagreeing");
    if (by !== "creation") return index;
    omit(`${path}.${name}`, "the end is not in ner; an entity was created");
    table.entities[index] = { ...span, type };
    return index;
  }) as [number, number];
  return { head, tail };
}
