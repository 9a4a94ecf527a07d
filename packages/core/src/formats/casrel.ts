import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import type { Document, Entity, Relation } from "../schema/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { documentFromSpacedText, MentionFinder, omitMisplaced, wordsOf } from "./shared/mentions.ts";
import {
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readCompanion,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  writeJsonList,
} from "./shared/records.ts";

/** The companion file that numbers the relations: names by number, and numbers by name. */
const relationsFile = "rel2id.json";

/**
 * CasRel's JSON: sentences of space-separated words, and triples of words without offsets.
 * `MentionFinder` chooses the mention when words occur several times.
 */
export const casrel: Format = {
  name: "casrel",
  title: "CasRel JSON",
  extensions: [".json", ".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "words",
    entities: "in relations",
    entityTypes: "never",
    relations: true,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },
  companions: [relationsFile],

  recognises(beginning) {
    return Array.isArray(firstFields(firstJsonValue(beginning))?.["triple_list"]);
  },

  async *read(chunks, options = {}) {
    const names = await readNames(options);
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readSentence(record, names, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    const types = new Set<string>();
    yield* writeJsonList(documents, casrel, (record, omit) => {
      const { text, entities, relations } = record;
      const words = (index: number): string => wordsOf(record, entities[index] as Entity);
      for (const { type } of relations) types.add(type);
      const fields = { text, triple_list: relations.map(({ head, tail, type }) => [words(head), type, words(tail)]) };
      omitMisplaced(
        record,
        readSentence({ fields, at: {}, index: 0 }, undefined, {}, () => {}),
        omit,
      );
      return fields;
    });
    const sorted = [...types].sort();
    const byNumber = Object.fromEntries(sorted.map((name, index) => [index, name]));
    const byName = Object.fromEntries(sorted.map((name, index) => [name, index]));
    yield { kind: "text", text: `${JSON.stringify([byNumber, byName])}\n`, file: relationsFile };
  },
};

function readSentence(record: JsonRecord, names: Fields | undefined, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const text = asString(fields["text"], at, "text");
  const triples = asList(fields["triple_list"] ?? [], at, "triple_list").map((item, index) => {
    const path = `triple_list[${index}]`;
    const triple = asList(item, at, path);
    const head = asString(triple[0], at, `${path}[0]`);
    const tail = asString(triple[2], at, `${path}[2]`);
    return { head, tail, type: relationType(nameOf(triple[1], names, at, `${path}[1]`), at, `${path}[1]`, omit), path };
  });
  const mentions = new Set(triples.flatMap(({ head, tail }) => [head, tail]));
  const fitting = (document: Document): number => {
    const finder = new MentionFinder(document, "first", omit);
    return [...mentions].filter((words) => finder.places(words).length > 0).length;
  };
  const id = recordId(fields["id"], record, "id");
  const plain = documentFromSpacedText(id, text, options.text, mentions.size, fitting, omit);
  const finder = new MentionFinder(plain, options.mentions ?? "nearest", omit);
  const relations = triples.flatMap(({ head, tail, type, path }): Relation[] => {
    const ends = type === undefined ? undefined : finder.relation(head, tail, path);
    return ends === undefined || type === undefined ? [] : [{ ...ends, type }];
  });
  omitOthers(fields, knownFields, omit);
  return { ...plain, entities: finder.table.entities, relations };
}

const knownFields = new Set(["text", "triple_list", "id"]);
const recordNames = new FieldNames({ text: "text", triple_list: "list" }, knownFields);

/** Resolves a relation number through `rel2id.json`; other values are names already. */
function nameOf(value: unknown, names: Fields | undefined, at: Location, path: string): unknown {
  if (typeof value !== "number") return value;
  const name = names?.[String(value)];
  if (typeof name === "string") return name;
  throw new DataError("LABEL_UNKNOWN", {
    at: within(at, path),
    message: `${relationsFile} has no name for relation number ${value}`,
    hint: `put ${relationsFile}, a list of the names by number and the numbers by name, next to the file`,
  });
}

async function readNames(options: ReadOptions): Promise<Fields | undefined> {
  const at = { source: relationsFile, line: 1 };
  const [first] = (await readCompanion(relationsFile, options)) ?? [];
  if (first === undefined) return undefined;
  const names = asObject(first, at, "[0]");
  for (const [number, name] of Object.entries(names)) {
    if (typeof name === "number")
      return Object.fromEntries(Object.entries(names).map(([key, value]) => [asNumber(value, at, key), key]));
    asString(name, at, `[0].${number}`);
  }
  return names;
}
