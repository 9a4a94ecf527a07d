import { DataError } from "../../errors.ts";
import { longestLine, type TextChunks } from "./lines.ts";

/** A row of a table with the line on which it begins. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** What may separate the cells of a row. */
export type Delimiter = "," | ";" | "\t" | "|";

/** All of them; the first of several that fit wins. */
export const delimiters: readonly Delimiter[] = ["\t", ",", ";", "|"];

/**
 * Streams the rows of a table as RFC 4180 has them: cells in quotes may hold delimiters, line ends
 * and doubled quotes. Skips empty lines, and a byte order mark in front.
 *
 * Between tabs, a quote that is not closed before the next tab or line end is a character, since
 * many such tables have no quoting.
 *
 * @param delimiter defaults to the one that splits the first line into the most cells
 * @throws {DataError} FIELD_INVALID for a quote that is not closed; LINE_TOO_LONG
 */
export async function* readTable(chunks: TextChunks, source?: string, delimiter?: Delimiter): AsyncGenerator<TableRow> {
  let splitter: RowSplitter | undefined = delimiter === undefined ? undefined : new RowSplitter(delimiter, source);
  let beginning = "";
  let filled = false;
  let atStart = true;
  for await (const chunk of chunks) {
    let text = atStart && chunk.charCodeAt(0) === 0xfeff ? chunk.slice(1) : chunk;
    if (chunk !== "") atStart = false;
    if (splitter === undefined) {
      beginning += text;
      // Looks at each chunk once: the first line may be of any length.
      const end = filled ? text.indexOf("\n") : (/\S[^\n]*\n/.exec(text)?.index ?? -1);
      filled ||= /\S/.test(text);
      if (end < 0 && beginning.length <= longestLine) continue;
      splitter = new RowSplitter(detectDelimiter(beginning), source);
      text = beginning;
    }
    yield* splitter.push(text);
  }
  if (splitter === undefined) {
    splitter = new RowSplitter(detectDelimiter(beginning), source);
    yield* splitter.push(beginning);
  }
  yield* splitter.end();
}

const longestHeader = 10_000;

/** The delimiter that splits the first line into the most cells. */
export function detectDelimiter(beginning: string): Delimiter {
  const first = /^\uFEFF?\s*([^\n]*)/.exec(beginning)?.[1] ?? "";
  const counts = delimiters.map((delimiter) => firstRow(first, delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] as Delimiter;
}

/** The cells of a line, for looking at the beginning of a table; none of a very long line. */
export function firstRow(line: string, delimiter: Delimiter): readonly string[] {
  if (line.length > longestHeader) return [];
  const splitter = new RowSplitter(delimiter, undefined);
  for (const { cells } of splitter.push(`${line.replace(/\r$/, "")}\n`)) return cells;
  return [];
}

/** A line of RFC 4180, with CR LF at its end. */
export function printRow(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(",")}\r\n`;
}

class RowSplitter {
  readonly #delimiter: Delimiter;
  readonly #source: string | undefined;
  #cells: string[] = [];
  #cell = "";
  /** The cell with its quotes, for one that begins with a quote without being quoted. */
  #raw = "";
  #units = 0;
  #state: "start" | "plain" | "quoted" | "closed" = "start";
  /** Whether the row has anything, so that an empty line is not a row. */
  #filled = false;
  #line = 1;
  #rowLine = 1;
  #quoteLine = 1;
  /** A carriage return that may belong to the line end. */
  #return = false;

  constructor(delimiter: Delimiter, source: string | undefined) {
    this.#delimiter = delimiter;
    this.#source = source;
  }

  *push(text: string): Generator<TableRow> {
    for (const character of text) {
      if (this.#return) {
        this.#return = false;
        if (character !== "\n") this.#add("\r");
      }
      const ends = character === "\n" || character === this.#delimiter;
      if (this.#state === "quoted" && this.#delimiter === "\t" && ends) this.#unquote();
      if (this.#state === "quoted") this.#addQuoted(character);
      else if (character === "\r") this.#return = true;
      else if (character === "\n") yield* this.#endRow();
      else if (character === this.#delimiter) this.#endCell();
      else if (character === '"' && this.#state === "start") this.#open();
      else if (character === '"' && this.#state === "closed") this.#addQuoted(character);
      else this.#add(character);
      if (character === "\n") this.#line++;
    }
  }

  *end(): Generator<TableRow> {
    if (this.#state === "quoted") {
      if (this.#delimiter !== "\t") {
        throw new DataError("FIELD_INVALID", {
          at: { source: this.#source, line: this.#quoteLine },
          message: "a quote is not closed",
          hint: 'a cell that begins with a quote ends with one, and a quote inside is doubled: "a ""word"" in quotes"',
        });
      }
      this.#unquote();
    }
    this.#return = false;
    yield* this.#endRow();
  }

  #open(): void {
    this.#state = "quoted";
    this.#filled = true;
    this.#raw = '"';
    this.#quoteLine = this.#line;
  }

  /** Inside quotes, or a quote right after the one that seemed to close them. */
  #addQuoted(character: string): void {
    this.#count(character);
    this.#raw += character;
    if (character === '"' && this.#state === "quoted") this.#state = "closed";
    else {
      this.#cell += character;
      this.#state = "quoted";
    }
  }

  #add(character: string): void {
    this.#count(character);
    if (this.#state === "closed") this.#unquote();
    this.#cell += character;
    this.#state = "plain";
    this.#filled = true;
  }

  /** The cell begins with a quote and goes on behind the closing one: its quotes are characters. */
  #unquote(): void {
    this.#cell = this.#raw;
    this.#state = "plain";
  }

  #count({ length }: string): void {
    this.#units += length;
    if (this.#units <= longestLine) return;
    const at = { source: this.#source, line: this.#rowLine };
    const message = `the row has more than ${longestLine} UTF-16 units`;
    throw new DataError("LINE_TOO_LONG", { at, message, hint: "a quote may not be closed" });
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#filled = true;
    this.#state = "start";
  }

  *#endRow(): Generator<TableRow> {
    if (this.#filled) {
      this.#endCell();
      yield { cells: this.#cells, line: this.#rowLine };
    }
    this.#cells = [];
    this.#filled = false;
    this.#units = 0;
    this.#rowLine = this.#line + 1;
  }
}
