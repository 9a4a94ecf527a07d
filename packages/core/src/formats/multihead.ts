import { DataError, type Location } from "../errors.ts";
import type { Document, Entity, Relation } from "../schema/index.ts";
import { decodeTags, encodeTags } from "../text/index.ts";
import type { Format, ReadEvent, ReadOptions } from "./format.ts";
import { readLineGroups } from "./shared/lines.ts";
import { checkHeld, documentFromWords, fittedRecords, type Omit, recordEvents } from "./shared/records.ts";

/**
 * The text format of Bekoulis et al.'s multi-head selection: `#doc` and an id, then one row per
 * word with its number, the word, its BIO tag, and two Python lists: the relations whose head ends
 * at this word, and the numbers of the words where their tails end. A word without relations has
 * `['N']` and its own number.
 */
export const multihead: Format = {
  name: "multihead",
  title: "multi-head selection BIO",
  extensions: [".txt"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "optional",
    typeNames: /^(?!N$)[^\s'"\\]+$/u,
    relations: true,
    overlapping: false,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: true,
    pos: false,
    metadata: false,
  },

  recognises(beginning) {
    return /^\uFEFF?\s*#doc[ \t]/.test(beginning);
  },

  async *read(chunks, { source, onInvalid } = {}) {
    let open: Sentence | undefined;
    let held = 0;
    for await (const lines of readLineGroups(chunks, source))
      for (const { text, number } of lines) {
        const at = { source, line: number };
        if (/^#doc(?:\s|$)/.test(text)) {
          yield* readSentence(open, onInvalid);
          open = { id: text.slice(4).trim() || `line-${number}`, at, rows: [] };
          held = 0;
        } else if (text.trim() !== "") {
          if (open === undefined) throw noDocument(at);
          held += text.length;
          checkHeld(held, at);
          open.rows.push({ text, at });
        }
      }
    yield* readSentence(open, onInvalid);
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, multihead)) {
      const text = printSentence(record, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

interface Row {
  readonly word: string;
  readonly tag: string;
  readonly types: readonly string[];
  readonly tails: readonly number[];
  readonly at: Location;
}

interface Sentence {
  readonly id: string;
  readonly at: Location;
  readonly rows: { readonly text: string; readonly at: Location }[];
}

/** The list entry of a word that is the head of no relation. */
const noRelation = "N";

function readRow(text: string, count: number, at: Location): Row {
  const columns = text.split("\t");
  const [number = "", word = "", tag = "", types = "", tails = ""] = columns;
  if (columns.length !== 5) throw invalid(`expected 5 columns between tabs, found ${columns.length}`, at);
  if (number.trim() !== String(count)) throw invalid(`expected the word's number, ${count}, found ${JSON.stringify(number)}`, at);
  if (word === "") throw invalid("the word is empty", at);
  if (!/^(?:O|[BI](?:-.+)?)$/u.test(tag)) throw invalid(`expected a tag (O, B-… or I-…), found ${JSON.stringify(tag)}`, at);
  const row = { word, tag, types: pythonStrings(types, at), tails: pythonNumbers(tails, at), at };
  if (row.types.length === row.tails.length) return row;
  throw invalid(`the row names ${row.types.length} relations and ${row.tails.length} words`, at);
}

function* readSentence(sentence: Sentence | undefined, onInvalid: ReadOptions["onInvalid"]): Generator<ReadEvent> {
  if (sentence === undefined) return;
  yield* recordEvents(sentence.at, (omit) => documentOf(sentence, omit), onInvalid);
}

function documentOf({ id, rows: lines }: Sentence, omit: Omit): Document {
  const rows = lines.map(({ text, at }, index) => readRow(text, index, at));
  const entities = decodeTags(
    rows.map(({ tag }) => tag),
    "bio",
  );
  const entityAt = new Map<number, number>();
  for (const [index, { start, end }] of entities.entries())
    for (let token = start; token < end; token++) entityAt.set(token, index);
  const relations = rows.flatMap(({ types, tails, at }, row) =>
    types.flatMap((type, index): Relation[] => {
      const word = tails[index] as number;
      if (type === noRelation && word === row) return [];
      if (rows[word] === undefined) throw missingWord(word, rows.length, at);
      const [head, tail] = [row, word].map((token) => entityEndingIn(token, entities, entityAt, omit, at)) as [number, number];
      if (type !== "") return [{ head, tail, type }];
      omit("", "the relation has no label; it was left out", at);
      return [];
    }),
  );
  const words = rows.map(({ word }) => word);
  return { ...documentFromWords(id, [words]), entities, relations };
}

/**
 * The entity that a relation's end refers to. Creates one without a type if the word is in none.
 */
function entityEndingIn(token: number, entities: Entity[], entityAt: Map<number, number>, omit: Omit, at: Location): number {
  const known = entityAt.get(token);
  if (known === undefined) {
    omit("", `word ${token} is in no entity; one without a type was created`, at);
    const made = entities.push({ start: token, end: token + 1, type: null }) - 1;
    entityAt.set(token, made);
    return made;
  }
  if ((entities[known] as Entity).end - 1 !== token) {
    omit("", `word ${token} is not the last of its entity; the whole entity was used`, at);
  }
  return known;
}

function printSentence({ id, tokens, entities, relations }: Document, omit: Omit): string {
  const { tags } = encodeTags(entities, tokens.length, "bio");
  const lastWord = (entity: number): number => (entities[entity] as Entity).end - 1;
  const byHead = new Map<number, Relation[]>();
  for (const relation of relations) {
    const word = lastWord(relation.head);
    const own = byHead.get(word);
    if (own === undefined) byHead.set(word, [relation]);
    else own.push(relation);
  }
  const rows = tokens.map(({ text }, token) => {
    const own = byHead.get(token) ?? [];
    const types = own.length === 0 ? [noRelation] : own.map(({ type }) => type);
    const tails = own.length === 0 ? [token] : own.map(({ tail }) => lastWord(tail));
    const list = types.map((type) => `'${type}'`).join(", ");
    return `${token}\t${oneLine(text, `tokens[${token}]`, omit)}\t${tags[token]}\t[${list}]\t[${tails.join(", ")}]\n`;
  });
  return `#doc ${oneLine(id, "id", omit)}\n${rows.join("")}`;
}

function oneLine(text: string, path: string, omit: Omit): string {
  if (!/[\t\r\n]/.test(text)) return text;
  omit(path, "it contains a tab or a line break; written as spaces");
  return text.replace(/[\t\r\n]/g, " ");
}

/** Parses a list as Python prints it, `['Live_In', "a 'b'"]`. */
function pythonStrings(text: string, at: Location): string[] {
  // Fast path: most words are in no relation, and their lists hold one name.
  const only = /^\['([^'\\]*)'\]$/u.exec(text)?.[1];
  if (only !== undefined) return [only];
  const items: string[] = [];
  const inside = /^\s*\[(.*)\]\s*$/u.exec(text)?.[1];
  if (inside === undefined) throw invalid(`expected a list such as ['N'], found ${JSON.stringify(text)}`, at);
  const item = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|$)/uy;
  while (item.lastIndex < inside.length) {
    const start = item.lastIndex;
    const found = item.exec(inside);
    if (found === null) throw invalid(`expected a name in quotes, found ${JSON.stringify(inside.slice(start))}`, at);
    items.push((found[1] ?? found[2] ?? "").replace(/\\(.)/gu, "$1"));
  }
  return items;
}

function pythonNumbers(text: string, at: Location): number[] {
  const only = /^\[([0-9]+)\]$/.exec(text)?.[1];
  if (only !== undefined) return [Number(only)];
  const inside = /^\s*\[([0-9,\s]*)\]\s*$/u.exec(text)?.[1];
  if (inside === undefined) throw invalid(`expected a list such as [0, 2], found ${JSON.stringify(text)}`, at);
  return Array.from(inside.matchAll(/[0-9]+/g), ([digits]) => Number(digits));
}

function invalid(message: string, at: Location): DataError {
  return new DataError("FIELD_INVALID", { at, message });
}

function noDocument(at: Location): DataError {
  return new DataError("FIELD_INVALID", {
    at,
    message: "the first line must be #doc and an id",
  });
}

function missingWord(word: number, words: number, at: Location): DataError {
  const message = `a relation names word ${word}, but the sentence has words 0 to ${words - 1}`;
  return new DataError("RELATION_END_MISSING", { at, message });
}
