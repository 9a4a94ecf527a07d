import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation } from "../schema/index.ts";
import { offsetTranslation } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { type CharacterSpan, detectOffsetUnit, placedText } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
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
  writeJsonList,
} from "./shared/records.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: false,
  offsets: "code points",
  entities: "all",
  entityTypes: "always",
  relations: true,
  overlapping: false,
  duplicates: false,
  crossSentence: true,
  discontinuous: false,
  confidence: false,
  ids: true,
  pos: false,
  metadata: false,
};

/**
 * UBIAI's JSON of entities and relations, as the tutorials on spaCy's `rel_component` use it: a
 * list of documents whose `tokens` are the marked spans.
 *
 * `head` and `child` of a relation are the `token_start` of its spans. Offsets count code points
 * unless the words of the spans match better with UTF-16 units.
 */
export const ubiai: Format = {
  name: "ubiai",
  title: "UBIAI JSON",
  extensions: [".json"],
  holds,

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (typeof fields?.["document"] !== "string" || !Array.isArray(fields["tokens"])) return false;
    const [first] = fields["tokens"] as unknown[];
    return first === undefined || firstFields(first)?.["token_start"] !== undefined;
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readDocument(record, options, omit), options.onInvalid);
    }
  },

  write(documents) {
    return writeJsonList(documents, this, printDocument);
  },
};

const ownFields = new Set(["documentName", "document", "tokens", "relations"]);
const spanFields = new Set(["text", "start", "end", "token_start", "token_end", "entityLabel"]);
const relationFields = new Set(["head", "child", "relationLabel"]);
const documentNames = new FieldNames({ document: "text", tokens: "list", relations: "list" }, ownFields);
const spanNames = new FieldNames(
  { start: "number", end: "number", token_start: "number", token_end: "number", entityLabel: "text" },
  spanFields,
);
const relationNames = new FieldNames({ head: "number", child: "number", relationLabel: "text" });

function readDocument(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  documentNames.check(fields, at);
  omitOthers(fields, ownFields, omit);
  const id = recordId(fields["documentName"], record, "documentName");
  const text = asString(fields["document"], at, "document");
  const items = listOf(fields, "tokens", at).map((item, index) => {
    const path = `tokens[${index}]`;
    const span = asObject(item, at, path);
    spanNames.check(span, at, path);
    return span;
  });
  const spans = items.map((item, index): CharacterSpan => {
    const path = `tokens[${index}]`;
    const words = item["text"] === undefined ? undefined : asString(item["text"], at, `${path}.text`);
    return { start: asNumber(item["start"], at, `${path}.start`), end: asNumber(item["end"], at, `${path}.end`), text: words };
  });
  const unit = options.offsetUnit ?? detectOffsetUnit(text, spans, "codepoint");
  const { plain, place } = placedText({ id, text, options: options.text }, spans, unit, omit);
  const entities = items.map((item, index): Entity => {
    const path = `tokens[${index}]`;
    omitOthers(item, spanFields, omit, path);
    const type = entityType(item["entityLabel"], at, `${path}.entityLabel`);
    return { ...place(spans[index] as CharacterSpan, path, at), type };
  });
  const starting = new Map<unknown, number[]>();
  for (const [index, { token_start: start }] of items.entries()) {
    const known = starting.get(start);
    if (known === undefined) starting.set(start, [index]);
    else known.push(index);
  }
  const relations = listOf(fields, "relations", at).flatMap((item, index): Relation[] => {
    const path = `relations[${index}]`;
    const each = asObject(item, at, path);
    relationNames.check(each, at, path);
    omitOthers(each, relationFields, omit, path);
    const [head, tail] = (["head", "child"] as const).map((role) => readEnd(each, role, path, items, starting, at, omit)) as [
      number,
      number,
    ];
    const type = relationType(each["relationLabel"], at, `${path}.relationLabel`, omit);
    return type === undefined ? [] : [{ head, tail, type }];
  });
  return { ...plain, entities, relations };
}

/** The index of the span that an end of a relation names by its first token. */
function readEnd(
  relation: Fields,
  role: "head" | "child",
  path: string,
  items: readonly Fields[],
  starting: ReadonlyMap<unknown, readonly number[]>,
  at: Location,
  omit: Omit,
): number {
  const token = asNumber(relation[role], at, `${path}.${role}`);
  const here = starting.get(token) ?? [];
  const [first, second] = here;
  if (first !== undefined) {
    if (second !== undefined) omit(`${path}.${role}`, `${here.length} spans start at token ${token}; the first was used`);
    return first;
  }
  const inside = items.findIndex(({ token_start: start, token_end: end }) => Number(start) <= token && token <= Number(end));
  if (inside >= 0) {
    omit(`${path}.${role}`, `${role} names token ${token} inside a span, not its first token; the span was used`);
    return inside;
  }
  throw new DataError("RELATION_END_MISSING", {
    at: within(at, `${path}.${role}`),
    message: `${role} names token ${token}, but no span of this document starts there`,
    hint: "head and child give the token_start of their span",
  });
}

function printDocument(document: Document): unknown {
  const { id, text, entities, relations } = document;
  const characters = offsetTranslation(text, "codepoint");
  return {
    documentName: id,
    document: text,
    tokens: entities.map((entity) => {
      const { start, end } = charSpan(document, entity);
      return {
        text: text.slice(start, end),
        start: characters.fromUtf16(start),
        end: characters.fromUtf16(end),
        token_start: entity.start,
        token_end: entity.end - 1,
        entityLabel: entity.type,
      };
    }),
    relations: relations.map(({ head, tail, type }) => ({
      child: entities[tail]?.start,
      head: entities[head]?.start,
      relationLabel: type,
    })),
  };
}

function listOf(fields: Fields, name: string, at: Location): readonly unknown[] {
  return fields[name] === undefined || fields[name] === null ? [] : asList(fields[name], at, name);
}
