import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, asStrings, type Fields, within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { hasNumberForm, numberedId } from "./numbered-id.ts";
import type { Capacity } from "./shared/capacity.ts";
import { type CharacterSpan, detectOffsetUnit, placedText, type TextToPlace } from "./shared/character-spans.ts";
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
 * Reads the first annotation that was not cancelled, or the first prediction if there is none, and
 * reports the rest. A region with several labels keeps the first, a relation with several labels
 * becomes one for each, and a bidirectional arrow becomes two. Offsets count UTF-16 units unless
 * the words of the regions match better with code points. Documents with a confidence are written
 * as predictions. The other fields of `data` become the document's metadata.
 */
export const labelStudio: Format = {
  name: "label-studio",
  title: "Label Studio JSON",
  extensions: [".json"],
  holds,

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (fields === undefined || firstFields(fields["data"]) === undefined) return false;
    return ["annotations", "predictions", "completions"].some((name) => Array.isArray(fields[name]));
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source)) {
      yield* recordEvents(record.at, (omit) => readTask(record, options, omit));
    }
  },

  async *write(documents) {
    let count = 0;
    yield* writeJsonList(documents, this, (document, omit) => printTask(document, ++count, omit));
  },
};

function readTask(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  const data = asObject(fields["data"], at, "data");
  const text = asString(data["text"], at, "data.text");
  const ids = data["id"] === undefined ? ([fields["id"], "id"] as const) : ([data["id"], "data.id"] as const);
  const id = recordId(ids[0], record, ids[1]);
  const { id: _, text: __, ...metadata } = data;
  const chosen = chooseResult(fields, at, omit);
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

/** Chooses the result to read, and reports every other non-empty one. */
function chooseResult(fields: Fields, at: Location, omit: Omit): { result: unknown; path: string } | undefined {
  const candidates = (["annotations", "completions", "predictions"] as const).flatMap((name) =>
    (fields[name] === undefined || fields[name] === null ? [] : asList(fields[name], at, name)).map((item, index) => {
      const path = `${name}[${index}]`;
      const each = asObject(item, at, path);
      return { result: each["result"], path, cancelled: each["was_cancelled"] === true, name };
    }),
  );
  const chosen = candidates.find(({ cancelled }) => !cancelled);
  for (const { result, path, cancelled, name } of candidates) {
    if (path === chosen?.path || (Array.isArray(result) && result.length === 0)) continue;
    if (cancelled) omit(path, "the annotation was cancelled; it was left out");
    else
      omit(
        path,
        `only one ${name === "predictions" ? "annotation or prediction" : "annotation"} of a task is read; this one was left out`,
      );
  }
  return chosen;
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
