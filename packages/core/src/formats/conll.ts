import { DataError } from "../errors.ts";
import type { Document } from "../schema/index.ts";
import { decodeTags, encodeTags } from "../text/index.ts";
import type { Format, ReadEvent, ReadOptions } from "./format.ts";
import { type Line, readLineGroups } from "./shared/lines.ts";
import { checkHeld, documentFromWords, fittedRecords, type Omit, recordEvents } from "./shared/records.ts";
import { areNumbered, columnsOf, oneColumn, schemeOf, tagPattern } from "./shared/tag-columns.ts";

/**
 * Columns as in CoNLL-2003: each row starts with a word and ends with its tag, and an empty line
 * ends a sentence. Entities only.
 *
 * Tags may be BIO, BIOES or BILOU, detected per sentence. With three or more columns, the second is
 * the part of speech; the others are reported. `-DOCSTART-` begins a group, which goes into the
 * metadata as `doc`. A file whose first sentence has words alone is not annotated.
 */
export const conll: Format = {
  name: "conll",
  title: "CoNLL columns (entities)",
  extensions: [".conll", ".bio", ".iob", ".iob2", ".bioes"],
  holds: {
    record: "sentence",
    text: false,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "optional",
    typeNames: /^\S+$/u,
    relations: false,
    overlapping: false,
    duplicates: false,
    crossSentence: false,
    discontinuous: false,
    confidence: false,
    ids: false,
    pos: true,
    metadata: false,
  },

  recognises(beginning, fileName) {
    if (/^\uFEFF?# *global\.columns *=/m.test(beginning) || /\.conllup?$/.test(fileName)) return false;
    // The last line may be truncated.
    const lines = beginning.replace(/^\uFEFF/, "").split(/\r?\n/);
    const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
    const rows = whole.filter((line) => line.trim() !== "").slice(0, 50);
    if (rows.length === 0 || rows.some((line) => /^#doc[ \t]/.test(line))) return false;
    const columns = rows.filter((line) => !isComment(line)).map(columnsOf);
    const [first = []] = columns;
    const isCorp = first.length === 9 && /^[0-9]+$/.test(first[2] ?? "");
    const tags = columns.map((row) => row.at(-1) ?? "");
    // Plain text may have lines that end in a capital letter, so require one unambiguous tag.
    const isTagged = tags.every((tag) => tagPattern.test(tag)) && tags.some((tag) => /^(?:O|.-.+)$/u.test(tag));
    if (areNumbered(whole.filter((line) => !isComment(line)))) return false;
    if (columns.length > 0 && columns.every(({ length }) => length === 1))
      return conll.extensions.some((extension) => fileName.endsWith(extension));
    return first.length > 1 && !isCorp && isTagged && columns.every(({ length }) => length === first.length);
  },

  async *read(chunks, { source, onInvalid } = {}) {
    let rows: Line[] = [];
    let held = 0;
    const place: Place = { sentences: 0, group: 0, untagged: false };
    for await (const lines of readLineGroups(chunks, source))
      for (const line of lines) {
        if (line.text.trim() === "") {
          yield* readRows(rows, place, source, onInvalid);
          rows = [];
          held = 0;
        } else if (!isComment(line.text)) {
          held += line.text.length;
          checkHeld(held, { source, line: line.number });
          rows.push(line);
        }
      }
    yield* readRows(rows, place, source, onInvalid);
  },

  async *write(documents) {
    for await (const { record, omit, omissions } of fittedRecords(documents, conll)) {
      const text = printSentence(record, omit);
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text };
    }
  },
};

const documentStart = "-DOCSTART-";

/** A line such as `# id = 3`; in contrast, `# O` is a row for the number sign. */
function isComment(line: string): boolean {
  return line.startsWith("#") && !tagPattern.test(columnsOf(line).at(-1) ?? "");
}

interface Place {
  sentences: number;
  group: number;
  /** Whether the file has words alone, which its first sentence shows. */
  untagged: boolean;
}

function* readRows(
  rows: readonly Line[],
  place: Place,
  source: string | undefined,
  onInvalid: ReadOptions["onInvalid"],
): Generator<ReadEvent> {
  const [first] = rows;
  if (first === undefined) return;
  if (rows.length === 1 && columnsOf(first.text)[0] === documentStart) {
    place.group++;
    return;
  }
  place.sentences++;
  if (place.sentences === 1 && rows.length > 2 && areNumbered(rows.map(({ text }) => text))) {
    const message = "the first column numbers the words of the sentence, so it does not hold the words";
    const hint = "this is CoNLL-U: name the format conllu (--format conllu, or --from conllu in convert)";
    throw new DataError("FIELD_INVALID", { at: { source, line: first.number }, message, hint });
  }
  if (place.sentences === 1) place.untagged = rows.every(({ text }) => columnsOf(text).length === 1);
  yield* recordEvents({ source, line: first.number }, (omit) => readSentence(rows, place, source, omit), onInvalid);
}

function readSentence(rows: readonly Line[], place: Readonly<Place>, source: string | undefined, omit: Omit): Document {
  const columns = rows.map(({ text, number }) => {
    const row = place.untagged ? [...columnsOf(text), "O"] : columnsOf(text);
    const at = { source, line: number };
    if (place.untagged && row.length > 2) {
      const message = `expected one column, as in the first sentence, found ${row.length - 1}`;
      throw new DataError("FIELD_INVALID", { at, message });
    }
    const tag = row.at(-1) ?? "";
    if (row.length < 2) throw new DataError("FIELD_INVALID", { at, message: "expected a word and its tag, found one column" });
    if (row[0] === "") throw new DataError("FIELD_INVALID", { at, message: "the word is empty" });
    if (!tagPattern.test(tag)) {
      const message = `expected a tag in the last column (O, B-…, I-…), found ${JSON.stringify(tag)}`;
      throw new DataError("LABEL_UNKNOWN", { at, message });
    }
    return row;
  });
  const tags = columns.map((row) => row.at(-1) as string);
  const hasPos = columns.every((row) => row.length > 2);
  const left = columns.some((row) => row.length > (hasPos ? 3 : 2));
  if (left) omit("columns", "the columns between the second and the last cannot be stored in Weft; they were left out");
  const words = columns.map(([word]) => word as string);
  return {
    ...documentFromWords(`sentence-${place.sentences}`, [words]),
    ...(hasPos ? { pos: columns.map((row) => row[1] as string) } : {}),
    entities: decodeTags(tags, schemeOf(tags, { source, line: rows[0]?.number })),
    metadata: place.group === 0 ? {} : { doc: `document-${place.group}` },
  };
}

function printSentence({ tokens, pos, entities }: Document, omit: Omit): string {
  const { tags } = encodeTags(entities, tokens.length, "bio");
  const [only] = tokens;
  if (tokens.length === 1 && only?.text === documentStart)
    omit("tokens[0]", "a reader will take the word for the start of a document");
  const rows = tokens.map(({ text }, token) => {
    const columns = [text, ...(pos === undefined ? [] : [pos[token] || "-"]), tags[token] as string];
    return columns.map((column) => oneColumn(column, `tokens[${token}]`, omit)).join("\t");
  });
  return `${rows.join("\n")}\n\n`;
}
