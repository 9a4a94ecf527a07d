import { DataError, type Location } from "../errors.ts";
import type { Line } from "./shared/lines.ts";

/** A layer that the header declares, with the columns of its features. */
export interface TsvLayer {
  readonly name: string;
  readonly kind: "span" | "chain" | "relation";
  readonly columns: readonly TsvColumn[];
}

interface TsvColumn {
  /** Empty for a layer without features. */
  readonly name: string;
  /** `role` and `target` belong to links between spans, `base` to the source of a relation. */
  readonly kind: "feature" | "role" | "target" | "base";
  /** Counts from the first column after the token. */
  readonly index: number;
}

/** A token, or a part of one, with the annotation in its columns. */
export interface TsvRow {
  /** `1-2` for a token, `1-2.1` for a part of it. */
  readonly unit: string;
  /** In the file's own unit, half-open. */
  readonly start: number;
  readonly end: number;
  readonly form: string;
  readonly cells: readonly string[];
  readonly at: Location;
}

/** A sentence: its text, if the file gives it, and its rows. */
export interface TsvSentence {
  readonly text: string | undefined;
  readonly rows: readonly TsvRow[];
}

/** The content of a file, before anything in it has been placed in the text. */
export interface TsvFile {
  readonly layers: readonly TsvLayer[];
  readonly sentences: readonly TsvSentence[];
  /** Header lines that Weft does not know. */
  readonly others: readonly Location[];
}

/**
 * Parses the lines of a file.
 *
 * @throws {DataError} FIELD_INVALID for a file of another kind or a row that is not one
 */
export async function parseLines(groups: AsyncIterable<readonly Line[]>, source: string | undefined): Promise<TsvFile> {
  const layers: TsvLayer[] = [];
  const sentences: TsvSentence[] = [];
  const others: Location[] = [];
  const units = new Set<string>();
  let text: string[] = [];
  let rows: TsvRow[] = [];
  let columns = 0;
  let hasFormat = false;
  const endSentence = (): void => {
    if (text.length > 0 || rows.length > 0) sentences.push({ text: text.length === 0 ? undefined : text.join("\n"), rows });
    text = [];
    rows = [];
  };
  for await (const lines of groups)
    for (const { text: line, number } of lines) {
      const at = { source, line: number };
      if (line.trim() === "") endSentence();
      else if (!hasFormat) {
        checkFormat(line, at);
        hasFormat = true;
      } else if (line.startsWith("#")) {
        if (rows.length > 0) endSentence();
        const declared = /^#T_(SP|CH|RL)=(.*)$/.exec(line);
        if (declared !== null) {
          const layer = parseLayer(declared[1] ?? "", declared[2] ?? "", columns);
          columns += layer.columns.length;
          layers.push(layer);
        } else if (line.startsWith("#Text=")) text.push(unescapeText(line.slice("#Text=".length)));
        else if (!line.startsWith("#Sentence.id=")) others.push({ ...at, path: line.split("=", 1)[0]?.slice(0, 40) });
      } else {
        const row = parseRow(line, at);
        if (units.has(row.unit)) throw new DataError("FIELD_INVALID", { at, message: `another row has the number ${row.unit}` });
        units.add(row.unit);
        rows.push(row);
      }
    }
  endSentence();
  return { layers, sentences, others };
}

const formatLine = /^#FORMAT=WebAnno TSV 3(?:\.\d+)?\s*$/;

/** Whether a file begins with the line of this format. */
export function looksLikeTsv(beginning: string): boolean {
  const line = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  return formatLine.test(line);
}

function checkFormat(line: string, at: Location): void {
  if (formatLine.test(line)) return;
  const found = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
  throw new DataError("FIELD_INVALID", {
    at,
    message: `expected the line #FORMAT=WebAnno TSV 3.x, found ${found}`,
    hint: "export the documents as WebAnno TSV v3.3",
  });
}

function parseLayer(code: string, declaration: string, first: number): TsvLayer {
  const [name = "", ...features] = declaration.trim().split("|");
  const kind = code === "SP" ? "span" : code === "CH" ? "chain" : "relation";
  const names = features.filter((feature) => feature !== "");
  let afterRole = false;
  const columns = (names.length === 0 ? [""] : names).map((feature, order): TsvColumn => {
    const role = kind === "span" && feature.startsWith("ROLE_");
    const base = kind === "relation" && feature.startsWith("BT_");
    const columnKind = role ? "role" : afterRole ? "target" : base ? "base" : "feature";
    afterRole = role;
    return { name: base ? feature.slice("BT_".length) : feature, kind: columnKind, index: first + order };
  });
  return { name, kind, columns };
}

function parseRow(line: string, at: Location): TsvRow {
  const [unit = "", offsets = "", form = "", ...cells] = line.split("\t");
  const [, start, end] = /^(\d{1,15})-(\d{1,15})$/.exec(offsets) ?? [];
  if (/^\d+-\d+(?:\.\d+)?$/.test(unit) && start !== undefined && end !== undefined)
    return { unit, start: Number(start), end: Number(end), form: unescapeText(form), cells, at };
  throw new DataError("FIELD_INVALID", {
    at,
    message: `expected the number of a token (1-2), its offsets (4-8) and the token, found ${JSON.stringify(line.slice(0, 60))}`,
    hint: "columns are separated by tabs, and the text of a sentence comes in lines that begin with #Text=",
  });
}

const escapes = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["f", "\f"],
  ["b", "\b"],
]);

/** The text without its backslashes, which also protect reserved characters in values. */
function unescapeText(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, character: string | undefined) =>
    code === undefined ? (escapes.get(character ?? "") ?? character ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Splits at a separator that no backslash protects. */
export function splitCell(cell: string, separator: "|" | ";"): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let index = 0; index < cell.length; index++) {
    if (cell[index] === "\\") index++;
    else if (cell[index] === separator) {
      parts.push(cell.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, cell.slice(from)];
}

/** A value and its number in brackets, `PER[1]`; `null` for `*`, an annotation without a value. */
export function parseValue(value: string): { value: string | null; id: string | undefined } {
  const open = value.lastIndexOf("[");
  let escaped = false;
  for (let index = open - 1; index >= 0 && value[index] === "\\"; index--) escaped = !escaped;
  const id = escaped || open < 0 ? undefined : /^\[(\d+)\]$/.exec(value.slice(open))?.[1];
  const bare = id === undefined ? value : value.slice(0, open);
  return { value: bare === "*" || bare === "" ? null : unescapeText(bare), id };
}

/** A name for a place, `1-1` or `1-1[3_0]`: its unit and the numbers of source and target. */
export function parseReference(text: string): { unit: string; source: string; target: string } | undefined {
  const [, unit, source = "0", target = "0"] = /^(\d+-\d+(?:\.\d+)?)(?:\[(\d+)(?:_(\d+))?\])?$/.exec(text) ?? [];
  return unit === undefined ? undefined : { unit, source, target };
}
