import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, asStrings, type Fields, within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { isJsonMin, jsonMinError } from "./label-studio-min.ts";
import { TaskChoices } from "./label-studio-task.ts";
import { hasNumberForm, numberedId } from "./numbered-id.ts";
import type { Capacity } from "./shared/capacity.ts";
import { type CharacterSpan, detectOffsetUnit, placedText, type TextToPlace } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  firstFields,
  type JsonRecord,
  type Omit,
  readJsonRecords,
  recordEvents,
  recordId,
  writeJsonList,
} from "./shared/records.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: false,
  offsets: "UTF-16 units",
  entities: "all",
  entityTypes: "optional",
  relations: true,
  overlapping: true,
  duplicates: true,
  crossSentence: true,
  discontinuous: false,
  confidence: true,
  ids: true,
  pos: false,
  metadata: true,
};

/**
 * Label Studio's JSON export: a list of tasks, each with the annotations of one or more people.
 *
 * Reads the annotation marked as ground truth, otherwise the first that was not cancelled, and
 * reports the rest. With `annotation: "predicted"` it reads the first prediction of tasks that have
 * the field. A region with several labels keeps the first, a relation with several labels becomes
 * one for each, and a bidirectional arrow becomes two. Offsets count UTF-16 units unless the words
 * of the regions match better with code points. Documents with a confidence are written as
 * predictions. The other fields of `data` become the document's metadata.
 */
export const labelStudio: Format = {
  name: "label-studio",
  title: "Label Studio JSON",
  extensions: [".json"],
  holds,

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (fields === undefined) return false;
    const data = firstFields(fields["data"]);
    if (data === undefined) return isJsonMin(fields);
    const lists = ["annotations", "predictions", "completions"];
    return lists.some((name) => Array.isArray(fields[name])) || Object.values(data).some((value) => typeof value === "string");
  },

  async *read(chunks, options = {}) {
    const choices = new TaskChoices(options);
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readTask(record, choices, options, omit), options.onInvalid);
    }
    choices.end(options.source);
  },

  async *write(documents) {
    let count = 0;
    yield* writeJsonList(documents, this, (document, omit) => printTask(document, ++count, omit));
  },
};

const taskNames = new FieldNames({ data: "object", annotations: "list" }, ["predictions", "completions", "meta", "drafts"]);
const valueNames = new FieldNames({ labels: "words", start: "number", end: "number" }, ["text"]);
const relationNames = new FieldNames({ labels: "words" }, ["direction", "type"]);

function readTask(record: JsonRecord, choices: TaskChoices, options: ReadOptions, omit: Omit): Document | undefined {
  const { fields, at } = record;
  if (isJsonMin(fields)) throw jsonMinError(at);
  taskNames.check(fields, at);
  const data = asObject(fields["data"], at, "data");
  const chosen = choices.result(fields, at, omit);
  if (chosen === "absent") {
    omit("", "the annotator that was asked for did not annotate this task; it was left out");
    return undefined;
  }
  const textField = choices.textField(data, chosen, at);
  const text = data[textField] as string;
  const ids = data["id"] === undefined ? ([fields["id"], "id"] as const) : ([data["id"], "data.id"] as const);
  const id = recordId(ids[0], record, ids[1]);
  const metadata = Object.fromEntries(Object.entries(data).filter(([name]) => name !== "id" && name !== textField));
  if (chosen === undefined) return { ...documentFromText(id, text, options.text), metadata };
  const items = asList(chosen.result, at, `${chosen.path}.result`).map((item, index) => {
    const path = `${chosen.path}.result[${index}]`;
    return { fields: asObject(item, at, path), path };
  });
  const { plain, entities, index, others } = readRegions(items, { id, text, options: options.text }, options, at, omit);
  const relations = items
    .filter((item) => item.fields["type"] === "relation")
    .flatMap((item) => readRelation(item, index, others, at, omit));
  return { ...plain, entities, relations, metadata };
}

interface Item {
  readonly fields: Fields;
  readonly path: string;
}

function readRegions(
  items: readonly Item[],
  given: TextToPlace,
  options: ReadOptions,
  at: Location,
  omit: Omit,
): { plain: Document; entities: Entity[]; index: ReadonlyMap<string, number>; others: ReadonlySet<string> } {
  const regions = items.filter(({ fields }) => fields["type"] === "labels");
  const spans = regions.map(({ fields, path }) => readSpan(asObject(fields["value"], at, `${path}.value`), at, `${path}.value`));
  const unit = options.offsetUnit ?? detectOffsetUnit(given.text, spans, "utf16");
  const { plain, place } = placedText(given, spans, unit, omit);
  const index = new Map<string, number>();
  const entities = regions.map(({ fields, path }, number) => {
    const id = asString(fields["id"], at, `${path}.id`);
    if (index.has(id))
      throw new DataError("FIELD_INVALID", {
        at: within(at, `${path}.id`),
        message: `another region has the id ${JSON.stringify(id)}`,
      });
    index.set(id, number);
    const value = asObject(fields["value"], at, `${path}.value`);
    valueNames.check(value, at, `${path}.value`);
    const labels = value["labels"] === undefined ? [] : asStrings(value["labels"], at, `${path}.value.labels`);
    const [type = null, ...more] = labels.filter((label) => label !== "");
    if (more.length > 0) omit(`${path}.value.labels`, `the region has ${labels.length} labels; the first was used`);
    if (fields["meta"] !== undefined) omit(`${path}.meta`, "Weft has no notes");
    const span = place(spans[number] as CharacterSpan, `${path}.value`, at);
    return { ...span, type, ...readScore(fields, path, at, omit) };
  });
  const others = new Set<string>();
  for (const { fields, path } of items) {
    const { type, id } = fields;
    if (type === "labels" || type === "relation") continue;
    if (typeof id === "string" && !index.has(id)) others.add(id);
    omit(path, `Weft cannot store a result of type ${JSON.stringify(type)}`);
  }
  return { plain, entities, index, others };
}

function readSpan(value: Fields, at: Location, path: string): CharacterSpan {
  const text = value["text"] === undefined ? undefined : asString(value["text"], at, `${path}.text`);
  return { start: asNumber(value["start"], at, `${path}.start`), end: asNumber(value["end"], at, `${path}.end`), text };
}

function readRelation(
  { fields, path }: Item,
  index: ReadonlyMap<string, number>,
  others: ReadonlySet<string>,
  at: Location,
  omit: Omit,
): Relation[] {
  relationNames.check(fields, at, path);
  const ids = (["from_id", "to_id"] as const).map((name) => ({ name, id: asString(fields[name], at, `${path}.${name}`) }));
  const other = ids.find(({ id }) => others.has(id));
  if (other !== undefined) {
    omit(`${path}.${other.name}`, "the relation ends at a result that Weft cannot store; it was left out");
    return [];
  }
  const [from, to] = ids.map(({ name, id }) => {
    const found = index.get(id);
    if (found !== undefined) return found;
    const message = `${name} names ${JSON.stringify(id)}, but no region has this id`;
    throw new DataError("RELATION_END_MISSING", { at: within(at, `${path}.${name}`), message });
  }) as [number, number];
  const labels =
    fields["labels"] === undefined || fields["labels"] === null ? [] : asStrings(fields["labels"], at, `${path}.labels`);
  const types = labels.filter((label) => label !== "");
  if (types.length === 0) omit(path, "the relation has no label; it was left out");
  const direction = fields["direction"] ?? "right";
  if (direction !== "right" && direction !== "left" && direction !== "bi") {
    const message = `expected "right", "left" or "bi", found ${JSON.stringify(direction)}`;
    throw new DataError("FIELD_INVALID", { at: within(at, `${path}.direction`), message });
  }
  if (direction === "bi" && types.length > 0) omit(`${path}.direction`, "the relation points both ways; it was split into two");
  const score = readScore(fields, path, at, omit);
  return types.flatMap((type) => [
    ...(direction === "left" ? [] : [{ head: from, tail: to, type, ...score }]),
    ...(direction === "right" ? [] : [{ head: to, tail: from, type, ...score }]),
  ]);
}

function readScore(fields: Fields, path: string, at: Location, omit: Omit): { confidence?: number } {
  if (fields["score"] === undefined || fields["score"] === null) return {};
  const score = asNumber(fields["score"], at, `${path}.score`);
  if (score >= 0 && score <= 1) return { confidence: score };
  omit(`${path}.score`, "the score is not a number between 0 and 1; it was left out");
  return {};
}

function printTask(document: Document, number: number, omit: Omit): unknown {
  const { text, entities, relations } = document;
  const metadata = Object.entries(document.metadata).filter(([name]) => {
    if (name !== "text" && name !== "id") return true;
    omit(`metadata.${name}`, "the format uses this name for something else");
    return false;
  });
  const regions = entities.map((entity, index) => {
    const { start, end } = charSpan(document, entity);
    const labels = entity.type === null ? [] : [entity.type];
    const value = { start, end, text: text.slice(start, end), labels };
    return { id: `r${index}`, from_name: "label", to_name: "text", type: "labels", value, score: entity.confidence };
  });
  const arrows = relations.map(({ head, tail, type, confidence }) => ({
    type: "relation",
    from_id: `r${head}`,
    to_id: `r${tail}`,
    direction: "right",
    labels: [type],
    score: confidence,
  }));
  const result = [...regions, ...arrows];
  const predicted = [...entities, ...relations].some(({ confidence }) => confidence !== undefined);
  return {
    id: hasNumberForm(document.id) ? numberedId(document.id) : number,
    data: { text, ...(hasNumberForm(document.id) ? {} : { id: document.id }), ...Object.fromEntries(metadata) },
    ...(predicted ? { predictions: [{ result }] } : { annotations: [{ id: number, result }] }),
  };
}
