import { asNumber, asString, asStrings, type Fields } from "../json/fields.ts";
import type { Document, Entity } from "../schema/index.ts";
import type { Format } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { omitNegatives, type PairRecord, pairsOf, sentencesOfJsonPairs } from "./shared/pairs.ts";
import {
  documentFromWords,
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  omitOthers,
  recordId,
  tokenSpan,
} from "./shared/records.ts";

/**
 * The JSON of TACRED (Zhang et al. 2017): a sentence with a subject and an object, whose ends are
 * inclusive, and the relation between them.
 *
 * `no_relation` makes no relation. Stanford's part-of-speech tags are read. Its other columns
 * (named entities, dependencies) belong to tokens and are skipped; `docid` groups the sentences of
 * a document. Records with the same id and words are one sentence. A sentence without a
 * relation is written with null for its ends.
 */
export const tacred: Format = {
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

  async *read(chunks, options = {}) {
    const none = new Set(options.negatives ?? noRelation);
    yield* sentencesOfJsonPairs(chunks, options, (record, omit) => readRecord(record, none, omit));
  },

  async *write(documents) {
    const negatives = new Set(noRelation);
    let separator = "[";
    for await (const { record, omit, omissions } of fittedRecords(documents, tacred)) {
      omitNegatives(record, negatives, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      for (const fields of printSentence(record)) {
        yield { kind: "text", text: `${separator}${JSON.stringify(fields)}` };
        separator = ",\n";
      }
    }
    yield { kind: "text", text: separator === "[" ? "[]\n" : "]\n" };
  },
};

const noRelation = ["no_relation"];

const knownFields = new Set([
  ...["id", "docid", "relation", "token", "stanford_pos", "stanford_ner", "stanford_head", "stanford_deprel"],
  ...["subj", "obj"].flatMap((end) => [`${end}_start`, `${end}_end`, `${end}_type`]),
]);

const names = new FieldNames(
  {
    token: "words",
    relation: "text",
    stanford_pos: "words",
    ...{ subj_start: "number", subj_end: "number", subj_type: "text" },
    ...{ obj_start: "number", obj_end: "number", obj_type: "text" },
  },
  knownFields,
);

function readRecord(record: JsonRecord, negatives: ReadonlySet<string>, omit: Omit): PairRecord {
  const { fields, at } = record;
  names.check(fields, at);
  const words = documentFromWords(recordId(fields["id"], record, "id"), [asStrings(fields["token"], at, "token")]);
  const pos = fields["stanford_pos"] === undefined ? undefined : asStrings(fields["stanford_pos"], at, "stanford_pos");
  const group = fields["docid"] === undefined ? undefined : asString(fields["docid"], at, "docid");
  omitOthers(fields, knownFields, omit);
  const plain: Document = {
    ...words,
    ...(pos === undefined ? {} : { pos }),
    metadata: group === undefined ? {} : { doc: group },
  };
  if (fields["subj_start"] === null && fields["obj_start"] === null) return { plain };
  const label = asString(fields["relation"], at, "relation");
  return {
    plain,
    pair: {
      head: readEnd("subj", record, plain),
      tail: readEnd("obj", record, plain),
      type: negatives.has(label) ? undefined : label,
    },
  };
}

function readEnd(end: "subj" | "obj", { fields, at }: JsonRecord, { tokens }: Document): Entity {
  const [start, last] = [`${end}_start`, `${end}_end`].map((name) => asNumber(fields[name], at, name)) as [number, number];
  const span = tokenSpan(start, last + 1, { start: 0, end: tokens.length }, at, `${end}_start`);
  return { ...span, type: entityType(fields[`${end}_type`], at, `${end}_type`) };
}

function* printSentence(record: Document): Generator<Fields> {
  const { id, tokens, pos } = record;
  const token = tokens.map(({ text }) => text);
  const tags = pos === undefined ? {} : { stanford_pos: pos };
  for (const pair of pairsOf(record)) {
    const head = printEnd("subj", pair?.head);
    const tail = printEnd("obj", pair?.tail);
    yield { id, relation: pair?.type ?? noRelation[0], token, ...head, ...tail, ...tags };
  }
}

function printEnd(end: "subj" | "obj", entity: Entity | undefined): Fields {
  if (entity === undefined) return { [`${end}_start`]: null, [`${end}_end`]: null };
  const { start, end: behind, type } = entity;
  return { [`${end}_start`]: start, [`${end}_end`]: behind - 1, ...(type === null ? {} : { [`${end}_type`]: type }) };
}
