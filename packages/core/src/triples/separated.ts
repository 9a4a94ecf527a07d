import { statementsOf } from "./statements.ts";
import { type Cell, tripleColumns, tripleRows } from "./table.ts";
import { textFormat } from "./triple-format.ts";

const names = Object.keys(tripleColumns);

/** The four things people look at first, and nothing else. */
export const triples = textFormat(
  {
    name: "triples",
    title: "triples",
    extension: ".triples",
    mediaType: "text/tab-separated-values",
    describe: "head, relation, tail and confidence between tabs, to look at; where they stand is in the other formats",
    holds: "relations",
  },
  () => ({
    of: (document) =>
      statementsOf(document)
        .statements.map(({ head, relation, tail, confidence }) => {
          const cells = [
            head.text,
            relation.replace(/\s+/g, " "),
            tail.text,
            ...(confidence === undefined ? [] : [confidence.toFixed(3)]),
          ];
          return `${cells.map(withoutNul).join("\t")}\n`;
        })
        .join(""),
  }),
);

/**
 * Columns between tabs: a tab, a line end or a backslash inside a cell is written as `\t`, `\n`,
 * `\r`, `\\`.
 */
export const tsv = textFormat(
  {
    name: "tsv",
    title: "TSV",
    extension: ".tsv",
    mediaType: "text/tab-separated-values",
    describe: "a table with a header, columns between tabs",
    holds: "relations",
  },
  (options) => ({
    head: `${names.join("\t")}\n`,
    of: (document) =>
      tripleRows(document, options)
        .map(
          (row) =>
            `${Object.values(row)
              .map((cell) => escapeTab(safe(cell, options.escapeFormulas)))
              .join("\t")}\n`,
        )
        .join(""),
  }),
);

/** RFC 4180. */
export const csv = textFormat(
  {
    name: "csv",
    title: "CSV",
    extension: ".csv",
    mediaType: "text/csv",
    describe: "a table with a header, as spreadsheets read it",
    holds: "relations",
  },
  (options) => ({
    head: csvLine(names),
    of: (document) =>
      tripleRows(document, options)
        .map((row) => csvLine(Object.values(row).map((cell) => safe(cell, options.escapeFormulas))))
        .join(""),
  }),
);

/** Cells as a line of RFC 4180: quoted where they must be, quotes doubled, CR and LF at the end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => quoted(cell === null ? "" : String(cell))).join(",")}\r\n`;
}

function quoted(cell: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a quoted cell may hold any of them
  return /[",\u0000-\u001f\u007f]|^\s|\s$/.test(cell) ? `"${withoutNul(cell).replaceAll('"', '""')}"` : cell;
}

const escapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

function escapeTab(cell: Cell): string {
  return cell === null ? "" : withoutNul(String(cell)).replace(/[\t\n\r\\]/g, (character) => escapes[character] as string);
}

/**
 * A spreadsheet computes what begins so, and what it computes may reach out into the world; numbers
 * of ours are no text.
 */
function safe(cell: Cell, escapeFormulas = false): Cell {
  return escapeFormulas && typeof cell === "string" && /^\s*[=+\-@＝＋－＠\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** Many readers take U+0000 for the end of a text: its picture stands in its place. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "\u2400");
}
