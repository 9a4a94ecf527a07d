import type { Location } from "../errors.ts";
import { asList, asNumber, asObject, asStrings, type Fields } from "../json/fields.ts";
import type { Document, Entity, Relation } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue, readJsonValues } from "./shared/json-values.ts";
import {
  documentFromWords,
  endIndex,
  entityType,
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readCompanion,
  recordEvents,
  recordId,
  relationType,
  tokenSpan,
  writeJsonList,
} from "./shared/records.ts";

/** The companion file that declares the types, under the name that writing uses. */
const typesFile = "types.json";

/**
 * SpERT's JSON: a list of sentences whose entities have exclusive ends and whose relations index
 * them.
 *
 * `types.json` next to it declares which relations are symmetric. Like SpERT's own loader, reading
 * makes the end that comes first in the sentence their head, and reports it. A file that ends in
 * `_types.json`, as in the corpora of SpERT's authors, also works; among several, the one whose
 * name shares the longest beginning with the corpus wins. A missing file is reported.
 */
export const spert: Format = {
  name: "spert",
  title: "SpERT JSON",
  extensions: [".json"],
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
    ids: true,
    pos: false,
    metadata: false,
  },
  companions: [typesFile],

  recognises(beginning) {
    const first = firstJsonValue(beginning);
    if (/^\uFEFF?\s*\[/.test(beginning) && isPlain(first)) return true;
    const fields = firstFields(first);
    if (!/^\uFEFF?\s*\[/.test(beginning) || !Array.isArray(fields?.["tokens"])) return false;
    const { tokens, entities, relations } = fields as Record<string, unknown>;
    // UBIAI has the text beside its tokens, which are objects.
    if (typeof fields?.["document"] === "string" || firstFields((tokens as unknown[])[0]) !== undefined) return false;
    if (Array.isArray(entities) || Array.isArray(relations)) return true;
    // The input of a prediction, without annotation.
    return (
      (tokens as unknown[]).every((token) => typeof token === "string") &&
      Object.keys(fields).every((name) => sentenceFields.has(name))
    );
  },

  async *read(chunks, options = {}) {
    const { file, reason } = findTypes(options);
    if (reason !== undefined) yield { kind: "omission", omission: { source: options.source, line: 1, path: typesFile, reason } };
    const symmetric = file === undefined ? new Set<string>() : await readSymmetric(file, options);
    let index = 0;
    for await (const { value, at: line } of readJsonValues(chunks, options.source, undefined, options.onInvalid)) {
      const record = { at: { ...line, path: `[${index}]` }, index: index++ };
      const read = (omit: Omit): Document =>
        isPlain(value)
          ? plainSentence(value, record.index, options)
          : readSentence({ ...record, fields: asObject(value, record.at, "") }, symmetric, omit);
      yield* recordEvents(record.at, read, options.onInvalid);
    }
  },

  async *write(documents) {
    const entityTypes = new Set<string>();
    const relationTypes = new Set<string>();
    yield* writeJsonList(documents, spert, ({ id, tokens, entities, relations }) => {
      for (const { type } of entities) entityTypes.add(type as string);
      for (const { type } of relations) relationTypes.add(type);
      return {
        tokens: tokens.map(({ text }) => text),
        entities: entities.map(({ type, start, end }) => ({ type, start, end })),
        relations: relations.map(({ type, head, tail }) => ({ type, head, tail })),
        orig_id: id,
      };
    });
    yield { kind: "text", text: `${JSON.stringify(typesOf(entityTypes, relationTypes))}\n`, file: typesFile };
  },
};

/** What SpERT predicts for can also be the words of a sentence, or its text. */
function isPlain(value: unknown): value is string | readonly string[] {
  if (typeof value === "string") return true;
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");
}

function plainSentence(value: string | readonly string[], index: number, { text }: ReadOptions): Document {
  const id = `record-${index + 1}`;
  return typeof value === "string" ? documentFromText(id, value, text) : documentFromWords(id, [value]);
}

function readSentence(record: JsonRecord, symmetric: ReadonlySet<string>, omit: Omit): Document {
  const { fields, at } = record;
  sentenceNames.check(fields, at);
  const plain = documentFromWords(recordId(fields["orig_id"], record, "orig_id"), [asStrings(fields["tokens"], at, "tokens")]);
  const bounds = { start: 0, end: plain.tokens.length };
  const entities = asList(fields["entities"] ?? [], at, "entities").map((item, index): Entity => {
    const path = `entities[${index}]`;
    const entity = asObject(item, at, path);
    entityNames.check(entity, at, path);
    omitOthers(entity, entityFields, omit, path);
    const [start, end] = [asNumber(entity["start"], at, `${path}.start`), asNumber(entity["end"], at, `${path}.end`)];
    return { ...tokenSpan(start, end, bounds, at, path), type: entityType(entity["type"], at, `${path}.type`) };
  });
  const relations = asList(fields["relations"] ?? [], at, "relations").flatMap((item, index): Relation[] => {
    const path = `relations[${index}]`;
    const relation = asObject(item, at, path);
    relationNames.check(relation, at, path);
    omitOthers(relation, relationFields, omit, path);
    const [head, tail] = [readEnd(relation, "head", entities, at, path), readEnd(relation, "tail", entities, at, path)];
    const type = relationType(relation["type"], at, `${path}.type`, omit);
    if (type === undefined) return [];
    const turned = symmetric.has(type) && (entities[head] as Entity).start > (entities[tail] as Entity).start;
    if (turned) omit(path, `${JSON.stringify(type)} is symmetric; the end that comes first in the sentence became the head`);
    return [turned ? { head: tail, tail: head, type } : { head, tail, type }];
  });
  omitOthers(fields, sentenceFields, omit);
  return { ...plain, entities, relations };
}

const sentenceFields = new Set(["tokens", "entities", "relations", "orig_id"]);
const entityFields = new Set(["type", "start", "end"]);
const relationFields = new Set(["type", "head", "tail"]);
const sentenceNames = new FieldNames({ tokens: "words", entities: "list", relations: "list" }, sentenceFields);
const entityNames = new FieldNames({ type: "text", start: "number", end: "number" });
const relationNames = new FieldNames({ type: "text", head: "number", tail: "number" });

function readEnd(relation: Fields, end: string, entities: readonly Entity[], at: Location, path: string): number {
  return endIndex(asNumber(relation[end], at, `${path}.${end}`), entities.length, "entity", at, `${path}.${end}`);
}

/** The name of the types file, or why there is none. */
function findTypes({ companions, source = "" }: ReadOptions): { file?: string; reason?: string } {
  // Only checks that the file exists; the result is not read.
  if (companions?.read(typesFile) !== undefined) return { file: typesFile };
  const candidates = (companions?.names?.() ?? []).filter((name) => /[._-]types\.json$/i.test(name));
  const own = source.replace(/^.*[/\\]/, "");
  const shared = candidates.map((name) => sharedBeginning(name, own));
  const nearest = candidates.filter((_, index) => shared[index] === Math.max(...shared));
  const [file] = nearest;
  if (file !== undefined && nearest.length === 1) return { file };
  const unknown = "so all relations were read as directed";
  const reason =
    file === undefined
      ? `no ${typesFile} or NAME_${typesFile} is next to the corpus, ${unknown}`
      : `${nearest.join(" and ")} are next to the corpus, and neither name is closer to its name, ${unknown}`;
  return { reason };
}

function sharedBeginning(first: string, second: string): number {
  let length = 0;
  while (length < first.length && first[length] === second[length]) length++;
  return length;
}

async function readSymmetric(file: string, options: ReadOptions): Promise<ReadonlySet<string>> {
  const at = { source: file, line: 1 };
  const symmetric = new Set<string>();
  for (const value of (await readCompanion(file, options)) ?? []) {
    const relations = asObject(asObject(value, at, "")["relations"], at, "relations");
    for (const [name, type] of Object.entries(relations)) {
      if (asObject(type, at, `relations.${name}`)["symmetric"] === true) symmetric.add(name);
    }
  }
  return symmetric;
}

function typesOf(entities: ReadonlySet<string>, relations: ReadonlySet<string>): Fields {
  const named = (types: ReadonlySet<string>, more: Fields) =>
    Object.fromEntries([...types].sort().map((name) => [name, { short: name, verbose: name.replaceAll("_", " "), ...more }]));
  return { entities: named(entities, {}), relations: named(relations, { symmetric: false }) };
}
