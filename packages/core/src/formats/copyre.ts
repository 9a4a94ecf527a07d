import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, within } from "../json/fields.ts";
import type { Document, Relation } from "../schema/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import { readJsonValues } from "./shared/json-values.ts";
import { documentFromWords, EntityTable, endIndex, fittedRecords, readCompanion, recordEvents } from "./shared/records.ts";

/** The companion files that number the words and the relations. */
const wordsFile = "words2id.json";
const relationsFile = "relations2id.json";

/**
 * CopyRE's JSON: three lists with the lengths of all sentences, their words as numbers, and their
 * triples as flat lists of head, tail and relation. An end is the index of its last word.
 *
 * The three lists follow one another, so reading parses three values, and writing needs the numbers
 * of the whole corpus first.
 */
export const copyre: Format = {
  name: "copyre",
  title: "CopyRE JSON",
  extensions: [".json"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    lastWords: true,
    entities: "in relations",
    entityTypes: "never",
    relations: true,
    overlapping: true,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: false,
    metadata: false,
  },
  companions: [wordsFile, relationsFile],

  recognises(beginning) {
    return /^\uFEFF?\s*\[\s*\[\s*(?:[0-9]+\s*[,\]]|\]\s*,\s*\[\s*\])/.test(beginning);
  },

  async *read(chunks, options = {}) {
    const lists: (readonly unknown[])[] = [];
    let line: Location = { source: options.source, line: 1 };
    for await (const { value, at } of readJsonValues(chunks, options.source)) {
      if (lists.length === 3)
        throw new DataError("FIELD_INVALID", { at: within(at, "[3]"), message: "expected three lists, found more" });
      lists.push(asList(value, at, `[${lists.length}]`));
      line = at;
    }
    const [lengths = [], sentences = [], triples = []] = lists;
    if (sentences.length !== lengths.length || triples.length !== lengths.length) {
      const counts = lists.map(({ length }) => length).join(", ");
      const message = `expected three lists of one length (the lengths, words and triples of each sentence), found ${counts}`;
      throw new DataError("FIELD_INVALID", { at: line, message });
    }
    if (lengths.length === 0) return;
    const names = await readNames(options, line);
    for (const [index, length] of lengths.entries()) {
      yield* recordEvents(
        line,
        () => readSentence(index, length, sentences[index], triples[index], names, line),
        options.onInvalid,
      );
    }
  },

  async *write(documents) {
    const wordNumbers = new Map<string, number>();
    const records: { readonly words: readonly number[]; readonly relations: readonly (readonly [number, number, string])[] }[] =
      [];
    for await (const { record, omissions } of fittedRecords(documents, copyre)) {
      for (const omission of omissions()) yield { kind: "omission", omission };
      const { tokens, entities, relations } = record;
      for (const { text } of tokens) if (!wordNumbers.has(text)) wordNumbers.set(text, wordNumbers.size + 1);
      const word = (entity: number): number => entities[entity]?.start ?? 0;
      records.push({
        words: tokens.map(({ text }) => wordNumbers.get(text) as number),
        relations: relations.map(({ head, tail, type }) => [word(head), word(tail), type]),
      });
    }
    const types = [...new Set(records.flatMap(({ relations }) => relations.map(([, , type]) => type)))].sort();
    const typeNumbers = new Map(types.map((type, index) => [type, index]));
    yield { kind: "text", text: `[${JSON.stringify(records.map(({ words }) => words.length))},[` };
    for (const [index, { words }] of records.entries()) {
      yield { kind: "text", text: `${index === 0 ? "" : ","}${JSON.stringify(words)}` };
    }
    yield { kind: "text", text: "],[" };
    for (const [index, { relations }] of records.entries()) {
      const flat = relations.flatMap(([head, tail, type]) => [head, tail, typeNumbers.get(type) as number]);
      yield { kind: "text", text: `${index === 0 ? "" : ","}${JSON.stringify(flat)}` };
    }
    yield { kind: "text", text: "]]\n" };
    yield { kind: "text", text: `${JSON.stringify(Object.fromEntries(wordNumbers))}\n`, file: wordsFile };
    yield { kind: "text", text: `${JSON.stringify(Object.fromEntries(typeNumbers))}\n`, file: relationsFile };
  },
};

interface Names {
  readonly words: ReadonlyMap<number, string>;
  readonly relations: ReadonlyMap<number, string>;
}

function readSentence(index: number, length: unknown, words: unknown, triples: unknown, names: Names, at: Location): Document {
  const size = asNumber(length, at, `[0][${index}]`);
  const path = `[1][${index}]`;
  const numbers = asList(words, at, path);
  if (!Number.isInteger(size) || size < 0 || size > numbers.length) {
    const message = `the sentence has the length ${size}, but ${numbers.length} words`;
    throw new DataError("FIELD_INVALID", { at: within(at, `[0][${index}]`), message });
  }
  const plain = documentFromWords(`record-${index + 1}`, [
    numbers.slice(0, size).map((number, place) => nameOf(number, names.words, wordsFile, at, `${path}[${place}]`)),
  ]);
  const flat = asList(triples, at, `[2][${index}]`);
  if (flat.length % 3 !== 0) {
    const message = `expected groups of head, tail and relation, found ${flat.length} numbers`;
    throw new DataError("FIELD_INVALID", { at: within(at, `[2][${index}]`), message });
  }
  const table = new EntityTable();
  const endAt = (place: number): number => {
    const end = `[2][${index}][${place}]`;
    const word = endIndex(asNumber(flat[place], at, end), size, "word", at, end);
    return table.ensure({ start: word, end: word + 1 });
  };
  const relations: Relation[] = [];
  for (let place = 0; place < flat.length; place += 3) {
    const type = nameOf(flat[place + 2], names.relations, relationsFile, at, `[2][${index}][${place + 2}]`);
    relations.push({ head: endAt(place), tail: endAt(place + 1), type });
  }
  return { ...plain, entities: table.entities, relations };
}

function nameOf(number: unknown, names: ReadonlyMap<number, string>, file: string, at: Location, path: string): string {
  const name = names.get(asNumber(number, at, path));
  if (name !== undefined) return name;
  throw new DataError("LABEL_UNKNOWN", { at: within(at, path), message: `${file} has no name for the number ${String(number)}` });
}

async function readNames(options: ReadOptions, at: Location): Promise<Names> {
  const [words, relations] = [await readNumbers(wordsFile, options, at), await readNumbers(relationsFile, options, at)];
  return { words, relations };
}

async function readNumbers(file: string, options: ReadOptions, at: Location): Promise<ReadonlyMap<number, string>> {
  const values = await readCompanion(file, options);
  if (values === undefined) {
    const message = `the format uses numbers for words and relations, but ${file}, which names them, is missing`;
    throw new DataError("FIELD_MISSING", { at, message, hint: `put ${file} next to the file` });
  }
  const place = { source: file, line: 1 };
  const names = new Map<number, string>();
  for (const value of values) {
    for (const [name, number] of Object.entries(asObject(value, place, ""))) {
      if (name === "") throw new DataError("FIELD_INVALID", { at: place, message: "a name is the empty string" });
      names.set(asNumber(number, place, name), name);
    }
  }
  return names;
}
