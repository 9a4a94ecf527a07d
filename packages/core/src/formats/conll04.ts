import { DataError, type Location } from "../errors.ts";
import type { Document, Entity, Relation } from "../schema/index.ts";
import type { Format, ReadEvent, ReadOptions } from "./format.ts";
import { type Line, readLineGroups } from "./shared/lines.ts";
import { checkHeld, documentFromWords, fittedRecords, type Omit, recordEvents } from "./shared/records.ts";

/**
 * CoNLL04's `.corp`: rows of nine columns, each one entity or one word, then an empty line,
 * relations between rows, and another empty line.
 *
 * Slashes join the words of an entity and their tags. The number of tags shows whether a slash is
 * part of a word: one tag means one word. If the numbers of words and tags differ otherwise, the
 * row is split at every slash and reported.
 */
export const conll04: Format = {
  name: "conll04",
  title: "CoNLL04 .corp",
  extensions: [".corp"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "always",
    typeNames: /^(?!O$)\S+$/u,
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
    const first = /^\uFEFF?\s*([^\r\n]*)/.exec(beginning)?.[1] ?? "";
    const columns = first.split("\t");
    return columns.length === 9 && isNumber(columns[0]) && isNumber(columns[2]);
  },

  async *read(chunks, { source, onInvalid } = {}) {
    let block: Block = { rows: [], relations: [] };
    let held = 0;
    for await (const lines of readLineGroups(chunks, source))
      for (const line of lines) {
        const columns = line.text.split("\t");
        if (line.text.trim() === "") continue;
        held += line.text.length;
        checkHeld(held, { source, line: line.number });
        if (columns.length === 9) {
          // Tokens after relations, or a new sentence number, start a new sentence, with or without
          // empty lines.
          if (block.relations.length > 0 || startsSentence(block, columns, line)) {
            yield* readBlock(block, source, onInvalid);
            block = { rows: [], relations: [] };
            held = 0;
          }
          block.rows.push({ columns, line: line.number });
        } else if (columns.length === 3 && block.rows.length > 0) block.relations.push({ columns, line: line.number });
        else refuse(line, source, columns.length);
      }
    yield* readBlock(block, source, onInvalid);
  },

  async *write(documents) {
    let number = 0;
    for await (const { record, omit, omissions } of fittedRecords(documents, conll04)) {
      const text = printSentence(record, number++, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

interface Row {
  readonly columns: readonly string[];
  readonly line: number;
}

interface Block {
  readonly rows: Row[];
  readonly relations: Row[];
}

/** The format's spellings of three marks. */
const spellings: readonly (readonly [string, string])[] = [
  [",", "COMMA"],
  ["(", "-LRB-"],
  [")", "-RRB-"],
];
const toText = new Map(spellings.map(([mark, spelling]) => [spelling, mark]));
const toFile = new Map(spellings);
/** Marks a word without a tag. */
const noTag = "-";

function startsSentence({ rows }: Block, columns: readonly string[], line: Line): boolean {
  const last = rows.at(-1);
  return last !== undefined && (last.columns[0] !== columns[0] || line.number - last.line > 1);
}

function refuse(line: Line, source: string | undefined, columns: number): never {
  const message = `expected 9 columns for a word, or 3 for a relation after its sentence, found ${columns}`;
  const hint = "separate columns by tabs, and words from relations by an empty line";
  throw new DataError("FIELD_INVALID", { at: { source, line: line.number }, message, hint });
}

function* readBlock(block: Block, source: string | undefined, onInvalid: ReadOptions["onInvalid"]): Generator<ReadEvent> {
  const [first] = block.rows;
  if (first !== undefined) {
    yield* recordEvents({ source, line: first.line }, (omit) => readSentence(block, source, omit), onInvalid);
  }
}

function readSentence({ rows, relations: links }: Block, source: string | undefined, omit: Omit): Document {
  const words: string[] = [];
  const tags: string[] = [];
  const entities: Entity[] = [];
  const rowSpans = new Map<string, { readonly start: number; readonly end: number; entity: number | undefined }>();
  for (const { columns, line } of rows) {
    const [, type = "O", number = "", , tagColumn = "", wordColumn = ""] = columns;
    const at = { source, line };
    const row = splitRow(wordColumn, tagColumn, (reason) => omit("", reason, at));
    if (row.words.includes("")) throw new DataError("FIELD_INVALID", { at, message: "the row contains an empty word" });
    if (rowSpans.has(number)) {
      throw new DataError("FIELD_INVALID", {
        at,
        message: `the sentence has two rows with the number ${JSON.stringify(number)}`,
      });
    }
    const span = { start: words.length, end: words.length + row.words.length };
    words.push(...row.words.map((word) => toText.get(word) ?? word));
    tags.push(...row.tags);
    const isEntity = type !== "O" && type !== "";
    rowSpans.set(number, { ...span, entity: isEntity ? entities.push({ ...span, type }) - 1 : undefined });
  }
  const relations = links.flatMap(({ columns, line }): Relation[] => {
    const [first = "", second = "", type = ""] = columns;
    const at = { source, line };
    const [head, tail] = [first, second].map((number) => {
      const row = rowSpans.get(number.trim());
      if (row === undefined) throw missingRow(number, at);
      if (row.entity === undefined) {
        omit("", `row ${number} is not an entity; one without a type was created`, at);
        row.entity = entities.push({ start: row.start, end: row.end, type: null }) - 1;
      }
      return row.entity;
    }) as [number, number];
    if (type.trim() !== "") return [{ head, tail, type: type.trim() }];
    omit("", "the relation has no label; it was left out", at);
    return [];
  });
  const plain = documentFromWords(rows[0]?.columns[0] || "0", [words]);
  return { ...plain, ...(tags.every((tag) => tag === noTag) ? {} : { pos: tags }), entities, relations };
}

/** The words of a row, each with its tag. */
function splitRow(wordColumn: string, tagColumn: string, omit: (reason: string) => void): { words: string[]; tags: string[] } {
  if (!tagColumn.includes("/")) return { words: [wordColumn], tags: [tagColumn] };
  const words = wordColumn.split("/");
  const tags = tagColumn.split("/");
  if (words.length === tags.length && !words.includes("")) return { words, tags };
  omit(`${words.length} words between slashes for ${tags.length} tags; the row was split at every slash`);
  const filled = words.filter((word) => word !== "");
  const kept = filled.length === 0 ? [wordColumn] : filled;
  return { words: kept, tags: kept.map((_, index) => tags[index] || noTag) };
}

function missingRow(number: string, at: Location): DataError {
  return new DataError("RELATION_END_MISSING", {
    at,
    message: `the relation names row ${JSON.stringify(number)}, which its sentence does not have`,
    hint: "relations refer to the number in the third column, not the position of the word",
  });
}

function printSentence({ tokens, pos, entities, relations }: Document, sentence: number, omit: Omit): string {
  const startsAt = new Map(entities.map((entity, index) => [entity.start, index]));
  const rowOf: number[] = [];
  const lines: string[] = [];
  for (let token = 0; token < tokens.length; ) {
    const index = startsAt.get(token);
    const { end, type } = index === undefined ? { end: token + 1, type: "O" } : (entities[index] as Entity);
    if (index !== undefined) rowOf[index] = lines.length;
    const words: string[] = [];
    const tags: string[] = [];
    for (; token < end; token++) {
      words.push(printWord(tokens[token]?.text ?? "", token, omit));
      tags.push(printTag(pos?.[token], token, omit));
    }
    const slash = words.length > 1 && words.some((word) => word.includes("/"));
    if (slash) omit(`entities[${index}]`, "a word contains a slash, which the format uses to join words");
    lines.push([sentence, type, lines.length, "O", tags.join("/"), words.join("/"), "O", "O", "O"].join("\t"));
  }
  lines.push("");
  for (const { head, tail, type } of relations) lines.push(`${rowOf[head]}\t${rowOf[tail]}\t${type}`);
  return `${lines.join("\n")}\n\n`;
}

function printWord(word: string, token: number, omit: Omit): string {
  if (toText.has(word)) omit(`tokens[${token}]`, `a reader will take the word for ${JSON.stringify(toText.get(word))}`);
  const spelling = toFile.get(word) ?? word;
  if (!/[\t\r\n]/.test(spelling)) return spelling;
  omit(`tokens[${token}]`, "the word contains a tab or a line break; written as spaces");
  return spelling.replace(/[\t\r\n]/g, " ");
}

function printTag(tag: string | undefined, token: number, omit: Omit): string {
  if (tag === undefined) return noTag;
  if (tag !== "" && !/[/\t\r\n]/.test(tag)) return tag;
  omit(`pos[${token}]`, `the format cannot hold the tag ${JSON.stringify(tag)}`);
  return noTag;
}

function isNumber(column: string | undefined): boolean {
  return /^[0-9]+$/.test(column ?? "");
}
