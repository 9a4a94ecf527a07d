import { DataError, type Location } from "../errors.ts";
import { type Document, joinTokens, type Token } from "../schema/index.ts";
import { alignTokens } from "../text/index.ts";
import type { Comment } from "./conllu-comments.ts";
import type { Omit } from "./shared/records.ts";
import { tagPattern } from "./shared/tag-columns.ts";

/** A syntactic word: a row whose id is a whole number. */
interface Word {
  readonly id: string;
  readonly form: string;
  readonly tag: string;
  /** `_` for none. */
  readonly pos: string;
  readonly spaceAfter: boolean;
  readonly at: Location;
}

/** A row `3-4`: a token of the text whose words are rows of their own. */
interface Multiword {
  readonly form: string;
  /** Indices of its words, half-open. */
  readonly start: number;
  readonly end: number;
  readonly spaceAfter: boolean;
}

/** The rows of a sentence, read by the names of their columns. */
export interface SentenceColumns {
  readonly words: readonly Word[];
  /** Indices of words by their ids. */
  readonly places: ReadonlyMap<string, number>;
  readonly multiwords: readonly Multiword[];
  /** Where the tags are: the index of a column, or the name of a value in MISC. */
  readonly tags: number | string | undefined;
}

/** A token of the text and the words that it stands for, half-open. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly pos: string;
}

const standardColumns = ["id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"];
const tagNames = /^(?:ner|ne)(?:[:_](?:span|tags?))?$/;
const miscTagNames = /^(?:ner|ne|named_?entity|entity|bio|iob)$/i;
/** Columns that hold no tags of entities, whatever they look like. */
const neverTags = new Set(["id", "form", "lemma", "feats", "head", "deprel", "deps"]);
const none = /^[_*-]?$/;
/** `O` alone is the tag of a word outside every entity, whatever the column is called. */
const nothing = /^[_*O-]?$/;

/**
 * Reads the rows of a sentence, and finds the column with the tags of entities. Reports columns
 * that Weft cannot store.
 *
 * @param named the columns that `# global.columns` names
 * @param known the column with the tags in an earlier sentence
 */
export function findColumns(
  rows: readonly Comment[],
  named: readonly string[] | undefined,
  known: SentenceColumns["tags"],
  omit: Omit,
): SentenceColumns {
  const cells = rows.map(({ text }) => (text.includes("\t") ? text.split("\t") : text.trim().split(/\s+/)));
  const width = widthOf(cells);
  const names = named ?? (width >= standardColumns.length ? standardColumns : ["id", "form"]);
  const [idAt, formAt, misc] = ["id", "form", "misc"].map((name) => names.indexOf(name)) as [number, number, number];
  if (idAt < 0 || formAt < 0) {
    const message = "the columns must include id and form";
    throw new DataError("FIELD_INVALID", { at: rows[0]?.at, message, hint: "see the line # global.columns of the file" });
  }
  const kinds = cells.map((cell, row) => kindOf(cell[idAt] ?? "", rows[row]?.at));
  const isWord = kinds.map((kind) => kind === "word");
  const values = cells.map((cell) => new Map((misc < 0 ? "" : (cell[misc] ?? "")).split("|").map(splitValue)));
  const tags = findTags(cells, isWord, values, names, known);
  const pos = [...["upos", "pos", "upostag", "xpos"].map((name) => names.indexOf(name))].find(
    (at) => at >= 0 && at !== tags && cells.some((cell, row) => isWord[row] && !nothing.test(cell[at] ?? "")),
  );
  const used = new Set<number | undefined>([idAt, formAt, misc, pos, typeof tags === "number" ? tags : undefined]);
  reportOthers(cells, isWord, values, names, used, tags, omit);
  const words: Word[] = [];
  const ranges: { first: string; last: string; form: string; spaceAfter: boolean; at: Location | undefined }[] = [];
  for (const [row, cell] of cells.entries()) {
    const [id = "", form = "", at] = [cell[idAt], cell[formAt], rows[row]?.at];
    const spaceAfter = values[row]?.get("SpaceAfter") !== "No";
    if (form === "") throw new DataError("FIELD_INVALID", { at, message: "the word is empty" });
    if (kinds[row] === "empty node") omit("", "an empty node is no word of the text; it was left out", at);
    else if (kinds[row] === "range") {
      const [first = "", last = ""] = id.split("-");
      ranges.push({ first, last, form, spaceAfter, at });
    } else words.push({ id, form, tag: tagOf(cell, values[row], tags, at), pos: posOf(cell, pos), spaceAfter, at: at ?? {} });
  }
  const places = new Map<string, number>();
  for (const [index, { id, at }] of words.entries()) {
    if (places.has(id)) throw new DataError("FIELD_INVALID", { at, message: `the sentence has two words with the number ${id}` });
    places.set(id, index);
  }
  if (words.length === 0) throw new DataError("FIELD_INVALID", { at: rows[0]?.at, message: "the sentence has no words" });
  const multiwords = ranges.map(({ first, last, form, spaceAfter, at }) => {
    const [start, end] = [places.get(first), places.get(last)];
    if (start !== undefined && end !== undefined && start <= end) return { form, start, end: end + 1, spaceAfter };
    const message = `the multiword token ${first}-${last} names words that its sentence does not have`;
    throw new DataError("FIELD_INVALID", { at, message });
  });
  return { words, places, multiwords, tags };
}

function widthOf(cells: readonly (readonly string[])[]): number {
  return cells.reduce((width, { length }) => Math.max(width, length), 0);
}

function kindOf(id: string, at: Location | undefined): "word" | "range" | "empty node" {
  if (/^\d+$/.test(id)) return "word";
  if (/^\d+-\d+$/.test(id)) return "range";
  if (/^\d+\.\d+$/.test(id)) return "empty node";
  throw new DataError("FIELD_INVALID", {
    at,
    message: `expected the number of a word (1), a range (1-2) or an empty node (1.1) in the first column, found ${JSON.stringify(id)}`,
    hint: "columns are separated by tabs, and an empty line ends a sentence",
  });
}

function splitValue(item: string): [string, string] {
  const equals = item.indexOf("=");
  return equals < 0 ? ["", item] : [item.slice(0, equals), item.slice(equals + 1)];
}

function findTags(
  cells: readonly (readonly string[])[],
  isWord: readonly boolean[],
  values: readonly ReadonlyMap<string, string>[],
  names: readonly string[],
  known: SentenceColumns["tags"],
): SentenceColumns["tags"] {
  const named = names.findIndex((name) => tagNames.test(name));
  if (named >= 0) return named;
  const words = cells.filter((_, row) => isWord[row]);
  const wordValues = values.filter((_, row) => isWord[row]);
  const valuesAt = (tags: number | string): string[] =>
    typeof tags === "number" ? words.map((cell) => cell[tags] ?? "") : wordValues.map((each) => each.get(tags) ?? "");
  const mayBeTags = (tags: number | string): boolean =>
    valuesAt(tags).every((value) => none.test(value) || tagPattern.test(value));
  const areTags = (tags: number | string): boolean => mayBeTags(tags) && valuesAt(tags).some((value) => /^[BIESLU]-/.test(value));
  if (known !== undefined && mayBeTags(known)) return known;
  for (let column = widthOf(words) - 1; column >= 0; column--) {
    if (neverTags.has(names[column] ?? "")) continue;
    if (areTags(column)) return column;
  }
  const keys = new Set(wordValues.flatMap((each) => [...each.keys()].filter((key) => miscTagNames.test(key))));
  return [...keys].find(areTags);
}

function tagOf(
  cell: readonly string[],
  values: ReadonlyMap<string, string> | undefined,
  tags: SentenceColumns["tags"],
  at: Location | undefined,
): string {
  const tag = typeof tags === "number" ? (cell[tags] ?? "") : tags === undefined ? "" : (values?.get(tags) ?? "");
  if (none.test(tag)) return "O";
  if (tagPattern.test(tag)) return tag;
  const message = `expected the tag of an entity (O, B-…, I-…), found ${JSON.stringify(tag)}`;
  throw new DataError("LABEL_UNKNOWN", { at, message });
}

function posOf(cell: readonly string[], pos: number | undefined): string {
  return pos === undefined ? "_" : cell[pos] || "_";
}

/** Names the columns with content that Weft cannot store. */
function reportOthers(
  cells: readonly (readonly string[])[],
  isWord: readonly boolean[],
  values: readonly ReadonlyMap<string, string>[],
  names: readonly string[],
  used: ReadonlySet<number | undefined>,
  tags: SentenceColumns["tags"],
  omit: Omit,
): void {
  const width = widthOf(cells);
  const others: string[] = [];
  for (let column = 0; column < width; column++) {
    if (used.has(column)) continue;
    if (cells.some((cell, row) => isWord[row] && !nothing.test(cell[column] ?? "")))
      others.push(names[column] ?? `${column + 1}`);
  }
  const kept = new Set(["SpaceAfter", tags]);
  const hasMisc = values.some((each) => [...each].some(([key, value]) => !kept.has(key) && !(key === "" && none.test(value))));
  if (hasMisc && !(typeof tags === "number" && names[tags] === "misc")) others.push("misc");
  if (others.length > 0) omit("columns", `the columns ${others.join(", ")} cannot be stored in Weft; they were left out`);
}

/**
 * The text of a sentence, its tokens, the words that each token stands for, and the token of each
 * word.
 */
export function readUnits(
  { words, multiwords }: SentenceColumns,
  text: string | undefined,
  omit: Omit,
): Pick<Document, "text" | "tokens"> & { units: readonly Unit[]; unitOf: readonly number[] } {
  const startsAt = new Map(multiwords.map((multiword) => [multiword.start, multiword]));
  const units: (Unit & { form: string; spaceAfter: boolean })[] = [];
  for (let word = 0; word < words.length; ) {
    const multiword = startsAt.get(word);
    const { form, end, spaceAfter } = multiword ?? { ...(words[word] as Word), end: word + 1 };
    const parts = words.slice(word, end);
    if (multiword === undefined || parts.map(({ form }) => form).join("") !== form)
      units.push({ start: word, end, form, spaceAfter, pos: parts.map(({ pos }) => pos).join("+") });
    else
      for (const [index, part] of parts.entries()) {
        const last = index === parts.length - 1;
        units.push({
          start: word + index,
          end: word + index + 1,
          form: part.form,
          spaceAfter: last && spaceAfter,
          pos: part.pos,
        });
      }
    word = end;
  }
  const unitOf = units.flatMap(({ start, end }, unit) => Array.from({ length: end - start }, () => unit));
  return { ...placeUnits(units, words, text, omit), units, unitOf };
}

function placeUnits(
  units: readonly { readonly form: string; readonly spaceAfter: boolean }[],
  words: readonly Word[],
  text: string | undefined,
  omit: Omit,
): { text: string; tokens: readonly Token[] } {
  const forms = units.map(({ form }) => form);
  if (text !== undefined) {
    try {
      return { text, tokens: alignTokens(text, forms) };
    } catch (cause) {
      if (!(cause instanceof DataError)) throw cause;
      omit("text", "the words of the rows are not those of the comment # text; the rows were used", words[0]?.at, "disagreeing");
    }
  }
  if (units.every(({ spaceAfter }) => spaceAfter)) return joinTokens(forms);
  let joined = "";
  const tokens = units.map(({ form, spaceAfter }) => {
    const start = joined.length;
    joined += `${form}${spaceAfter ? " " : ""}`;
    return { text: form, start, end: start + form.length };
  });
  return { text: joined.slice(0, tokens.at(-1)?.end), tokens };
}
