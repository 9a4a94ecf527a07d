import { DataError, type Location } from "../errors.ts";
import { type Document, type Entity, notesOf, type Relation, type Span, withAnnotation } from "../schema/index.ts";
import { decodeTags, encodeTags } from "../text/index.ts";
import { type Comment, globalColumns, type NamedRelation, parseComments, printMetadata } from "./conllu-comments.ts";
import { findColumns, readUnits, type SentenceColumns, type Unit } from "./conllu-rows.ts";
import type { Format, ReadEvent, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { readLineGroups } from "./shared/lines.ts";
import { checkHeld, EntityTable, fittedRecords, type Omit, recordEvents } from "./shared/records.ts";
import { areNumbered, oneColumn, schemeOf } from "./shared/tag-columns.ts";

const holds: Capacity = {
  record: "sentence",
  text: false,
  tokens: true,
  offsets: "tokens",
  entities: "all",
  entityTypes: "optional",
  typeNames: /^[^\s;|]+$/u,
  relations: true,
  overlapping: false,
  duplicates: false,
  crossSentence: false,
  discontinuous: false,
  confidence: false,
  ids: true,
  pos: true,
  metadata: true,
};

/**
 * CoNLL-U and CoNLL-U Plus: numbered words in columns, with the relations of a sentence in a
 * comment, as flair writes them: `# relations = 1;2;4;4;leads`.
 *
 * The tags of entities are in the column that `# global.columns` calls `ner`, in a MISC value such
 * as `NER=B-PER`, or in any other column that holds nothing but tags. A relation gives the first
 * and last word of its head, those of its tail, and its type. `# newdoc id` names the group of the
 * sentences that follow; other comments become metadata.
 *
 * The words of a multiword token are tokens if they spell it out; otherwise the multiword token is
 * one, because text to extract from has no other. Empty nodes are reported.
 */
export const conllu: Format = {
  name: "conllu",
  title: "CoNLL-U with relations (flair)",
  extensions: [".conllu", ".conllup"],
  holds,

  recognises(beginning, fileName) {
    const lines = beginning.replace(/^\uFEFF/, "").split(/\r?\n/);
    // The last line may be truncated.
    const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
    const comments = whole.filter((line) => line.startsWith("#"));
    if (comments.some((line) => globalColumns(line) !== undefined || relationsComment.test(line))) return true;
    const rows = whole.filter((line) => !line.startsWith("#"));
    const first = rows.find((line) => line.trim() !== "");
    if (first === undefined) return comments.some((line) => /^# *(?:sent_id|newdoc)\b/.test(line));
    if (areNumbered(rows) && rows.every(holdsWord)) return true;
    return /\.conllup?$/.test(fileName) && /^1(?:[-.]\d+)?\s+\S/.test(first);
  },

  async *read(chunks, { source, onInvalid } = {}) {
    let pending: Pending = { comments: [], rows: [], units: 0 };
    const place: Place = { sentences: 0, group: undefined, columns: undefined, tags: undefined };
    for await (const lines of readLineGroups(chunks, source))
      for (const { text, number } of lines) {
        const at = { source, line: number };
        if (text.trim() === "") {
          if (pending.rows.length === 0) continue;
          yield* readSentence(pending, place, onInvalid);
          pending = { comments: [], rows: [], units: 0 };
          continue;
        }
        pending.units += text.length;
        checkHeld(pending.units, at);
        if (!text.startsWith("#")) pending.rows.push({ text, at });
        else if (globalColumns(text) !== undefined) place.columns = globalColumns(text);
        else pending.comments.push({ text, at });
      }
    if (pending.rows.length > 0) yield* readSentence(pending, place, onInvalid);
  },

  async *write(documents) {
    let group: string | undefined;
    let header = "# global.columns = id form ner upos\n";
    for await (const { record, omit, omissions } of fittedRecords(documents, conllu)) {
      const doc = groupOf(record);
      const start = doc === group ? [] : [doc === undefined ? "# newdoc" : `# newdoc id = ${doc}`];
      const text = `${header}${printSentence(record, start, omit)}`;
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
      group = doc;
      header = "";
    }
  },
};

const relationsComment = /^# *relations *= *\d+;\d+;\d+;\d+;/;

/** Whether the second column is a word; a table of numbered texts is another format. */
function holdsWord(line: string): boolean {
  const columns = line.split("\t");
  return columns.length === 1 || columns.length >= 10 || /^[^ ]+$/.test(columns[1] ?? "");
}

interface Pending {
  readonly comments: Comment[];
  readonly rows: Comment[];
  units: number;
}

/** What earlier sentences tell about later ones. */
interface Place {
  sentences: number;
  group: string | undefined;
  columns: readonly string[] | undefined;
  /** The column with the tags, found in an earlier sentence. */
  tags: SentenceColumns["tags"];
}

function* readSentence({ comments, rows }: Pending, place: Place, onInvalid: ReadOptions["onInvalid"]): Generator<ReadEvent> {
  place.sentences++;
  const read = (omit: Omit): Document => {
    const said = parseComments(comments, omit);
    if (said.newDocument !== undefined) place.group = said.newDocument ?? undefined;
    const columns = findColumns(rows, place.columns, place.tags, omit);
    place.tags = columns.tags;
    const { text, tokens, units, unitOf } = readUnits(columns, said.text, omit);
    const tags = columns.words.map(({ tag }) => tag);
    const ends = new Ends(columns, units, unitOf, omit);
    for (const entity of decodeTags(tags, schemeOf(tags, (rows[0] as Comment).at))) ends.addTagged(entity);
    const relations = said.relations.flatMap((relation) => ends.relation(relation));
    const hasPos = columns.words.some(({ pos }) => pos !== "_");
    return {
      id: said.id ?? `sentence-${place.sentences}`,
      text,
      tokens,
      sentences: [{ start: 0, end: tokens.length }],
      ...(hasPos ? { pos: units.map(({ pos }) => pos) } : {}),
      entities: ends.entities,
      relations,
      metadata: Object.fromEntries([...(place.group === undefined ? [] : [["doc", place.group]]), ...said.others]),
    };
  };
  yield* recordEvents((rows[0] as Comment).at, read, onInvalid);
}

/** The entities of a sentence, found by the words at the ends of relations. */
class Ends {
  readonly #table = new EntityTable();
  readonly #columns: SentenceColumns;
  readonly #units: readonly Unit[];
  readonly #unitOf: readonly number[];
  readonly #omit: Omit;
  /** The tagged entity of each token. */
  readonly #tagged: Entity[] = [];

  constructor(columns: SentenceColumns, units: readonly Unit[], unitOf: readonly number[], omit: Omit) {
    this.#columns = columns;
    this.#units = units;
    this.#unitOf = unitOf;
    this.#omit = omit;
  }

  get entities(): readonly Entity[] {
    return this.#table.entities;
  }

  /** Adds an entity whose span counts words. */
  addTagged(tagged: Entity): void {
    const entity = { ...this.#unitSpan(tagged), type: tagged.type };
    this.#table.add(entity);
    for (let token = entity.start; token < entity.end; token++) this.#tagged[token] = entity;
  }

  relation({ head, tail, type, at }: NamedRelation): Relation[] {
    if (type !== "") return [{ head: this.#end(head, at), tail: this.#end(tail, at), type }];
    this.#omit(at.path ?? "", "the relation has no label; it was left out", at);
    return [];
  }

  /** The entity at these words; creates one if none is tagged there. */
  #end(ids: readonly [string, string], at: Location): number {
    const span = this.#unitSpan(this.#wordSpan(ids, at));
    const found = this.#table.find(span);
    if (found !== undefined) return found;
    const around = this.#tagged[span.start];
    const type = around !== undefined && around.end >= span.end ? around.type : null;
    const made = type === null ? "one without a type" : `one of the type ${JSON.stringify(type)}`;
    this.#omit(at.path ?? "", `the words ${ids.join(" to ")} are not tagged as an entity; ${made} was created`, at);
    return this.#table.add({ ...span, type });
  }

  /** The span of words between two ids, both included. */
  #wordSpan([first, last]: readonly [string, string], at: Location): Span {
    const [start, end] = [first, last].map((id) => {
      const found = this.#columns.places.get(id);
      if (found !== undefined) return found;
      const message = `the relation names word ${JSON.stringify(id)}, which its sentence does not have`;
      const hint = "relations name words by the number in the first column";
      throw new DataError("RELATION_END_MISSING", { at, message, hint });
    }) as [number, number];
    if (start <= end) return { start, end: end + 1 };
    throw new DataError("SPAN_EMPTY", { at, message: `the span from word ${first} to word ${last} is empty` });
  }

  /** The tokens that hold a span of words; reports a span that covers part of a multiword token. */
  #unitSpan({ start, end }: Span): Span {
    const [first, last] = [this.#unitOf[start] as number, this.#unitOf[end - 1] as number];
    if (this.#units[first]?.start !== start || this.#units[last]?.end !== end) {
      const { words } = this.#columns;
      const forms = words.slice(start, end).map(({ form }) => form);
      const reason = `the words ${JSON.stringify(forms.join(" "))} are part of a multiword token; grown to the whole of it`;
      this.#omit("", reason, words[start]?.at, "misaligned");
    }
    return { start: first, end: last + 1 };
  }
}

/** The group of a sentence, if `# newdoc id` can hold it. */
function groupOf({ metadata }: Document): string | undefined {
  const { doc } = metadata;
  return typeof doc === "string" && doc !== "" && doc.trim() === doc && !/[\r\n]/.test(doc) ? doc : undefined;
}

function printSentence(document: Document, start: readonly string[], omit: Omit): string {
  const { id, text, tokens, pos, entities, relations } = document;
  const { metadata } = inTextOrder(document);
  const { doc, ...others } = metadata;
  const { tags } = encodeTags(entities, tokens.length, "bio");
  const ends = ({ start, end }: Entity): string => `${start + 1};${end}`;
  const links = relations.map(
    ({ head, tail, type }) => `${ends(entities[head] as Entity)};${ends(entities[tail] as Entity)};${type}`,
  );
  const rows = tokens.map(({ text }, token) => {
    const tag = pos?.[token];
    const columns = [text, tags[token] as string, tag === undefined || tag === "" ? "_" : tag];
    if (tag === "" || tag === "_") omit(`pos[${token}]`, `a reader will take the tag ${JSON.stringify(tag)} for none`);
    return [token + 1, ...columns.map((column) => oneColumn(column, `tokens[${token}]`, omit))].join("\t");
  });
  const lines = [
    ...start,
    `# sent_id = ${oneLine(id, omit)}`,
    ...(text === text.trim() && !/[\t\r\n]/.test(text) ? [`# text = ${text}`] : []),
    ...printMetadata(groupOf(document) === undefined && doc !== undefined ? metadata : others, omit),
    ...(links.length === 0 ? [] : [`# relations = ${links.join("|")}`]),
    ...rows,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** The document as its notes will be read: a column of tags has the entities in text order. */
function inTextOrder(document: Document): Document {
  if (notesOf(document).length === 0) return document;
  const { relations } = document;
  const entities = document.entities.toSorted((a, b) => a.start - b.start);
  const place = (entity: number): number => entities.indexOf(document.entities[entity] as Entity);
  return withAnnotation(document, {
    entities,
    relations: relations.map((relation) => ({ ...relation, head: place(relation.head), tail: place(relation.tail) })),
  });
}

function oneLine(id: string, omit: Omit): string {
  const line = id.replace(/\s+/g, " ").trim();
  if (line !== id) omit("id", `the id is written as ${JSON.stringify(line)}`);
  return line;
}
