import { asList, asObject, asString, type Fields } from "../json/fields.ts";
import { type Document, type Relation, withAnnotation } from "../schema/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  documentFromSpacedText,
  MentionFinder,
  type NamedMention,
  omitMisplaced,
  wholeName,
  wordsOf,
} from "./shared/mentions.ts";
import {
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  omitOthers,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  wholeEntityUsed,
} from "./shared/records.ts";

/** The format's label for a pair without a relation and a mention without a type. */
const noLabel = "None";

/**
 * CoType's JSON, one sentence per line, in which the New York Times corpus is distributed: the
 * sentence as one string, mentions with their type (`entityMentions`), and relations that give the
 * words of their ends (`relationMentions`).
 *
 * `start` only numbers the mentions of a sentence, so `MentionFinder` locates them. Each of several
 * entries with the same words gets its own place. The label `None` means no relation, and is
 * reported.
 */
export const cotype: Format = {
  name: "cotype",
  title: "CoType / NYT JSON",
  extensions: [".json", ".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "words",
    entities: "all",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    oneTypeASpan: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: true,
  },

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    return typeof fields?.["sentText"] === "string";
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readSentence(record, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, cotype)) {
      const text = `${JSON.stringify(printSentence(record, omit))}\n`;
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

const knownFields = new Set(["sentText", "entityMentions", "relationMentions"]);
const entityFields = new Set(["text", "label", "start"]);
const relationFields = new Set(["em1Text", "em2Text", "label"]);
const recordNames = new FieldNames({ sentText: "text", entityMentions: "list", relationMentions: "list" });
const entityNames = new FieldNames({ text: "text", label: "text" }, entityFields);
const relationNames = new FieldNames({ em1Text: "text", em2Text: "text", label: "text" });

function readSentence(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const text = asString(fields["sentText"], at, "sentText");
  const named = asList(fields["entityMentions"] ?? [], at, "entityMentions").map((item, index): NamedMention => {
    const path = `entityMentions[${index}]`;
    const entity = asObject(item, at, path);
    entityNames.check(entity, at, path);
    omitOthers(entity, entityFields, omit, path);
    const type = entityType(entity["label"], at, `${path}.label`);
    return { words: asString(entity["text"], at, `${path}.text`), type: type === noLabel ? null : type, path };
  });
  const listed = new Set(named.map(({ words }) => words));
  const pairs = asList(fields["relationMentions"] ?? [], at, "relationMentions").map((item, index) => {
    const path = `relationMentions[${index}]`;
    const relation = asObject(item, at, path);
    relationNames.check(relation, at, path);
    omitOthers(relation, relationFields, omit, path);
    const [head, tail] = ["em1Text", "em2Text"].map((name) => {
      const words = asString(relation[name], at, `${path}.${name}`);
      const whole = words.includes(" ") ? undefined : wholeName(words, listed);
      if (whole !== undefined) omit(`${path}.${name}`, wholeEntityUsed, undefined, "disagreeing");
      return whole ?? words;
    }) as [string, string];
    return { head, tail, type: relationType(relation["label"], at, `${path}.label`, omit), path };
  });
  const mentions = new Set([...named.map(({ words }) => words), ...pairs.flatMap(({ head, tail }) => [head, tail])]);
  const fitting = (document: Document): number => {
    const finder = new MentionFinder(document, "first", omit);
    return [...mentions].filter((words) => finder.places(words).length > 0).length;
  };
  const plain = documentFromSpacedText(recordId(undefined, record, ""), text, options.text, mentions.size, fitting, omit);
  const finder = new MentionFinder(plain, options.mentions ?? "nearest", omit);
  const relations = pairs.flatMap(({ head, tail, type, path }): Relation[] => {
    if (type === noLabel) omit(path, `the label ${noLabel} means no relation; it was left out`);
    const ends = type === undefined || type === noLabel ? undefined : finder.relation(head, tail, path);
    return ends === undefined || type === undefined ? [] : [{ ...ends, type }];
  });
  finder.entities(named);
  return { ...plain, entities: finder.table.entities, relations, metadata: others(fields) };
}

function printSentence(record: Document, omit: Omit): Fields {
  const { text, entities, relations, metadata } = record;
  const names = entities.map((entity) => wordsOf(record, entity));
  for (const [kind, items] of Object.entries({ entities, relations })) {
    for (const [index, { type }] of items.entries()) {
      if (type === noLabel) omit(`${kind}[${index}].type`, `in this format the label ${noLabel} means none`);
    }
  }
  for (const name of Object.keys(metadata)) {
    if (knownFields.has(name)) omit(`metadata.${name}`, "the format has its own field with this name");
  }
  const fields = {
    ...others(metadata),
    sentText: text,
    entityMentions: entities.map(({ type }, index) => ({ start: index, text: names[index], label: type ?? noLabel })),
    relationMentions: relations.map(({ head, tail, type }) => ({ em1Text: names[head], em2Text: names[tail], label: type })),
  };
  const again = readSentence({ fields, at: {}, index: 0 }, {}, () => {});
  omitMisplaced(record, again, omit);
  // Notes count in what a reader makes of the names, which has an order of its own.
  return { ...fields, ...others(withAnnotation(record, again).metadata) };
}

function others(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !knownFields.has(name)));
}
