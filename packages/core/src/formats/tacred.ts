import { asNumber, asString, asStrings } from "../json/fields.ts";
import type { Document, Entity } from "../schema/index.ts";
import type { InputFormat } from "./format.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  documentFromWords,
  entityType,
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readJsonRecords,
  recordEvents,
  recordId,
  tokenSpan,
} from "./shared/records.ts";

/**
 * The JSON of TACRED (Zhang et al. 2017): a sentence with a subject and an object, whose ends are
 * inclusive, and the relation between them.
 *
 * `no_relation` makes no relation. Stanford's part-of-speech tags are read. Its other columns
 * (named entities, dependencies) belong to tokens and are skipped; `docid` groups the sentences of
 * a document.
 */
export const tacred: InputFormat = {
  name: "tacred",
  title: "TACRED JSON",
  extensions: [".json"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "in relations",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: true,
    metadata: false,
  },

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    return Array.isArray(fields?.["token"]) && fields["subj_start"] !== undefined && fields["obj_start"] !== undefined;
  },

  async *read(chunks, { source } = {}) {
    for await (const record of readJsonRecords(chunks, source)) {
      yield* recordEvents(record.at, (omit) => readSentence(record, omit));
    }
  },
};

const withoutRelation = "no_relation";

const knownFields = new Set([
  ...["id", "docid", "relation", "token", "stanford_pos", "stanford_ner", "stanford_head", "stanford_deprel"],
  ...["subj", "obj"].flatMap((end) => [`${end}_start`, `${end}_end`, `${end}_type`]),
]);

function readSentence(record: JsonRecord, omit: Omit): Document {
  const { fields, at } = record;
  const plain = documentFromWords(recordId(fields["id"], record, "id"), [asStrings(fields["token"], at, "token")]);
  const type = asString(fields["relation"], at, "relation");
  const pos = fields["stanford_pos"] === undefined ? undefined : asStrings(fields["stanford_pos"], at, "stanford_pos");
  const group = fields["docid"] === undefined ? undefined : asString(fields["docid"], at, "docid");
  omitOthers(fields, knownFields, omit);
  return {
    ...plain,
    ...(pos === undefined ? {} : { pos }),
    entities: [readEnd("subj", record, plain), readEnd("obj", record, plain)],
    relations: type === withoutRelation ? [] : [{ head: 0, tail: 1, type }],
    metadata: group === undefined ? {} : { doc: group },
  };
}

function readEnd(end: "subj" | "obj", { fields, at }: JsonRecord, { tokens }: Document): Entity {
  const [start, last] = [`${end}_start`, `${end}_end`].map((name) => asNumber(fields[name], at, name)) as [number, number];
  const span = tokenSpan(start, last + 1, { start: 0, end: tokens.length }, at, `${end}_start`);
  return { ...span, type: entityType(fields[`${end}_type`], at, `${end}_type`) };
}
