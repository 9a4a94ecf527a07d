import { ConfigError, DataError, type Location } from "../../errors.ts";
import { didYouMean, nearestName } from "../../text/index.ts";
import { delimiters, detectDelimiter, firstRow, type TableRow } from "./delimited.ts";

/** What a column of a table of pairs may hold, by the names of DeepKE's columns. */
const pairColumns = [
  ...["sentence", "relation", "head", "tail", "head_offset", "tail_offset", "head_end", "tail_end"],
  ...["head_type", "tail_type", "sentence_id", "doc"],
] as const;

export type PairColumn = (typeof pairColumns)[number];

/** Usual names, without capitals, spaces and dashes. */
const names: Partial<Record<string, readonly string[]>> = {
  sentence: ["sentencetext", "sentence", "text", "sent", "content", "context", "passage", "句子", "文本"],
  relation: ["relation", "relationtype", "rel", "relationship", "relationname", "predicate", "label", "关系"],
  sentence_id: ["sentenceid", "sentid"],
  doc: ["doc", "docid", "document", "documentid"],
};

/** Names of the two ends, the surest first: both columns must be there. */
const stems: readonly (readonly [string, string])[] = [
  ...[["head", "tail"] as const, ["subject", "object"] as const, ["subj", "obj"] as const, ["entity1", "entity2"] as const],
  ...[["e1", "e2"] as const, ["ent1", "ent2"] as const, ["em1", "em2"] as const, ["arg1", "arg2"] as const],
  ...[["h", "t"] as const, ["source", "target"] as const, ["from", "to"] as const, ["头实体", "尾实体"] as const],
];
const suffixes = {
  words: ["", "text", "entity", "name", "mention", "word", "words"],
  offset: ["offset", "start", "pos", "begin", "startoffset"],
  end: ["end", "endoffset"],
  type: ["type", "label", "category"],
} as const;

/** The place of each column, and the columns that hold nothing that Weft reads. */
export interface TableColumns {
  readonly places: ReadonlyMap<PairColumn, number>;
  readonly others: readonly string[];
  /** Whether the first row is data, because the columns were given by their numbers. */
  readonly headless: boolean;
}

/**
 * Finds the columns of a table by the names that the caller gives, and by usual names otherwise.
 *
 * @param given the name of a column, or its number from 1, for what it holds
 * @throws {ConfigError} SETTING_UNKNOWN for something that no column may hold
 * @throws {DataError} FIELD_MISSING if there is no column for the sentence, or for one end alone
 */
export function findColumns(
  header: readonly string[],
  given: Readonly<Record<string, string>> | undefined,
  at: Location,
): TableColumns {
  const places = usualColumns(header);
  const wanted = Object.entries(given ?? {});
  const byNumber = (name: string): boolean => /^[1-9]\d*$/.test(name) && !header.includes(name);
  const headless = wanted.length > 0 && wanted.every(([, name]) => byNumber(name));
  if (headless) places.clear();
  for (const [what, name] of wanted) {
    const column = columnNamed(what);
    const place = headless || byNumber(name) ? Number(name) - 1 : header.indexOf(name);
    if (place < 0 || place >= header.length) {
      const message = `there is no column ${JSON.stringify(name)}; the columns are ${list(header)}`;
      throw new DataError("FIELD_MISSING", {
        at,
        message,
        hint: didYouMean(name, header) ?? "names of columns are case-sensitive",
      });
    }
    places.set(column, place);
  }
  // A table of sentences alone is fine, as input of a model.
  const ends = [places.has("head"), places.has("tail")];
  const endless = ends[0] !== ends[1] || (!ends[0] && places.has("relation"));
  const lacking = !places.has("sentence") ? "sentence" : endless ? "head and the tail" : undefined;
  if (lacking !== undefined) {
    throw new DataError("FIELD_MISSING", {
      at,
      message: `no column is known to hold the ${lacking}; the columns are ${list(header)}`,
      hint: "say which column holds what: sentence=NAME,head=NAME,tail=NAME,relation=NAME",
    });
  }
  const read = new Set(places.values());
  refuseSlips(header, places, read, at);
  return { places, others: headless ? [] : header.filter((name, place) => !read.has(place) && name.trim() !== ""), headless };
}

/**
 * A column that nothing reads and whose name is near the usual name of a column that is missing: a
 * table would be read without its relations.
 *
 * @throws {DataError} FIELD_UNKNOWN
 */
function refuseSlips(
  header: readonly string[],
  places: ReadonlyMap<PairColumn, number>,
  read: ReadonlySet<number>,
  at: Location,
): void {
  const missing = (["relation", "head_type", "tail_type", "head_offset", "tail_offset"] as const).filter(
    (column) => !places.has(column),
  );
  for (const [place, name] of header.entries()) {
    if (read.has(place) || name.trim().length < shortestSlip) continue;
    const meant = nearestName(name.trim(), missing);
    if (meant === undefined) continue;
    throw new DataError("FIELD_UNKNOWN", {
      at,
      message: `no column is known to hold the ${meant}, and ${JSON.stringify(name)} is not read`,
      hint: `did you mean ${meant}? Rename the column, or say which column holds it: ${meant}=${name}`,
    });
  }
}

/** Shorter names are near everything. */
const shortestSlip = 5;

/** Whether the first line of a file names the columns of a table of pairs. */
export function namesPairs(beginning: string): boolean {
  const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  return delimiters.some((delimiter) => {
    const places = usualColumns(firstRow(line, delimiter));
    return places.has("sentence") && places.has("head") && places.has("tail");
  });
}

/** Whether the first line of a file looks like a row of a table, and not like JSON or XML. */
export function looksLikeTable(beginning: string): boolean {
  const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  return !/^[[{<]/.test(line) && firstRow(line, detectDelimiter(beginning)).length > 1;
}

/** The words of a cell; empty if the row or the table lacks it. */
export function cellOf({ cells }: TableRow, { places }: TableColumns, column: PairColumn): string {
  const place = places.get(column);
  return place === undefined ? "" : (cells[place] ?? "");
}

function columnNamed(what: string): PairColumn {
  const found = pairColumns.find((column) => column === what || (what === "text" && column === "sentence"));
  if (found !== undefined) return found;
  throw new ConfigError("SETTING_UNKNOWN", {
    at: { path: "columns" },
    message: `a column cannot hold ${JSON.stringify(what)}`,
    hint: didYouMean(what, pairColumns) ?? `a column may hold: ${pairColumns.join(", ")}`,
  });
}

function usualColumns(header: readonly string[]): Map<PairColumn, number> {
  const folded = header.map((name) => name.toLowerCase().replace(/[\s_.-]/g, ""));
  const places = new Map<PairColumn, number>();
  const take = (column: PairColumn, candidates: readonly string[]): void => {
    const place = candidates.map((name) => folded.indexOf(name)).find((found) => found >= 0);
    if (place !== undefined) places.set(column, place);
  };
  for (const [column, candidates] of Object.entries(names)) take(column as PairColumn, candidates ?? []);
  for (const pair of stems) {
    const named = pair.map((stem) => suffixes.words.map((suffix) => stem + suffix));
    if (!named.every((candidates) => candidates.some((name) => folded.includes(name)))) continue;
    for (const [index, end] of (["head", "tail"] as const).entries()) {
      take(end, named[index] ?? []);
      for (const what of ["offset", "end", "type"] as const) {
        take(
          `${end}_${what}`,
          suffixes[what].map((suffix) => `${pair[index]}${suffix}`),
        );
      }
    }
    break;
  }
  return places;
}

function list(header: readonly string[]): string {
  const shown = header.slice(0, 12).map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return `${shown.join(", ")}${header.length > 12 ? ", …" : ""}`;
}
