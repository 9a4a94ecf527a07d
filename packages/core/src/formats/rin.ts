import type { Location } from "../errors.ts";
import { asList, asObject, asStrings, type Fields } from "../json/fields.ts";
import type { Document, Relation } from "../schema/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { MentionFinder, omitMisplaced, wholeName } from "./shared/mentions.ts";
import {
  documentFromWords,
  firstFields,
  type JsonRecord,
  type Omit,
  readJsonRecords,
  recordEvents,
  recordId,
  relationType,
  wholeEntityUsed,
  writeJsonList,
} from "./shared/records.ts";

/**
 * The JSON of RIN's NYT and WebNLG: words, tags, the words of every entity (`en_list`), and
 * relations that give only the last word of each end. It refers to the entity in `en_list` with
 * that last word, and `MentionFinder` chooses the mention.
 */
export const rin: Format = {
  name: "rin",
  title: "RIN / NYT / WebNLG JSON",
  extensions: [".json", ".jsonl"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "words",
    entities: "all",
    entityTypes: "never",
    relations: true,
    overlapping: false,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: true,
    metadata: false,
  },

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    return Array.isArray(fields?.["sentText"]);
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readWords(record, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    yield* writeJsonList(documents, rin, (record, omit) => {
      const { tokens, pos, entities, relations } = record;
      const words = tokens.map(({ text }) => text);
      const names = entities.map(({ start, end }) => words.slice(start, end));
      const lastWord = (entity: number): string[] => names[entity]?.slice(-1) ?? [];
      const fields = {
        sentText: words,
        ...(pos === undefined ? {} : { pos }),
        en_list: [...new Map(names.map((name) => [JSON.stringify(name), name])).values()],
        relationMentions: relations.map(({ head, tail, type }) => ({
          em1Text: lastWord(head),
          label: type,
          em2Text: lastWord(tail),
        })),
      };
      omitMisplaced(
        record,
        readWords({ fields, at: {}, index: 0 }, {}, () => {}),
        omit,
      );
      return fields;
    });
  },
};

const wordsFields = new Set(["sentText", "pos", "en_list", "relationMentions"]);

const recordNames = new FieldNames({ sentText: "words", en_list: "list", relationMentions: "list" }, wordsFields);
const relationNames = new FieldNames({ em1Text: "words", em2Text: "words", label: "text" });

function readWords(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  recordNames.check(fields, at);
  const plain = documentFromWords(recordId(undefined, record, ""), [asStrings(fields["sentText"], at, "sentText")]);
  const finder = new MentionFinder(plain, options.mentions ?? "nearest", omit);
  const lists = asList(fields["en_list"] ?? [], at, "en_list").map((name, index) => asStrings(name, at, `en_list[${index}]`));
  const names = new Set(lists.map((words) => words.join(" ")));
  const byLastWord = new Map<string, Set<string>>();
  for (const words of lists) {
    const ending = words.at(-1) ?? "";
    byLastWord.set(ending, (byLastWord.get(ending) ?? new Set()).add(words.join(" ")));
  }
  const nameOf = (value: unknown, path: string): string => {
    const words = asStrings(value, at, path);
    const ending = words.join(" ");
    const meant = [...(byLastWord.get(words.at(-1) ?? "") ?? [])].filter(
      (name) => name === ending || name.endsWith(` ${ending}`),
    );
    if (meant.length > 1) {
      omit(path, `${meant.length} entities end in ${JSON.stringify(ending)}; ambiguous, the first was used`);
    }
    if (meant[0] !== undefined) return meant[0];
    const whole = words.length === 1 ? wholeName(ending, names) : undefined;
    if (whole !== undefined) omit(path, wholeEntityUsed, undefined, "disagreeing");
    return whole ?? ending;
  };
  const tags = fields["stan_ner"];
  const relations = readRelations(fields, at, omit, (relation, path) => {
    const [head, tail] = [nameOf(relation["em1Text"], `${path}.em1Text`), nameOf(relation["em2Text"], `${path}.em2Text`)];
    omitForeignTags(relation, plain, tags, path, omit);
    return finder.relation(head, tail, path);
  });
  for (const [index, words] of lists.entries()) finder.entity(words.join(" "), null, `en_list[${index}]`);
  const pos = fields["pos"] === undefined ? {} : { pos: asStrings(fields["pos"], at, "pos") };
  return { ...plain, ...pos, entities: finder.table.entities, relations, metadata: others(fields) };
}

function readRelations(
  fields: Fields,
  at: Location,
  omit: Omit,
  endsOf: (relation: Fields, path: string) => Pick<Relation, "head" | "tail"> | undefined,
): Relation[] {
  return asList(fields["relationMentions"] ?? [], at, "relationMentions").flatMap((item, index): Relation[] => {
    const path = `relationMentions[${index}]`;
    const relation = asObject(item, at, path);
    relationNames.check(relation, at, path);
    const type = relationType(relation["label"], at, `${path}.label`, omit);
    const ends = type === undefined ? undefined : endsOf(relation, path);
    return ends === undefined || type === undefined ? [] : [{ ...ends, type }];
  });
}

/**
 * The releases label the ends with the tags of a named-entity tool. The metadata keeps these tags
 * as `stan_ner`, so only labels that differ from them are reported.
 */
function omitForeignTags(relation: Fields, { tokens }: Document, tags: unknown, path: string, omit: Omit): void {
  for (const end of ["em1", "em2"]) {
    const tag = relation[`${end}Label`];
    const words = relation[`${end}Text`] as readonly string[];
    const inTags = Array.isArray(tags) && tokens.some(({ text }, index) => text === words.at(-1) && tags[index] === tag);
    if (tag !== undefined && !inTags) omit(`${path}.${end}Label`, "the label is not in stan_ner; it was left out");
  }
}

function others(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !wordsFields.has(name)));
}
