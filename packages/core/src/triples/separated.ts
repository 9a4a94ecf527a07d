import { statementsOf } from "./statements.ts";
import { type Cell, tripleColumns, tripleRows } from "./table.ts";
import { textFormat } from "./triple-format.ts";

const names = Object.keys(tripleColumns);

/** The four essential columns, for reading. */
export const triples = textFormat(
  {
    name: "triples",
    title: "triples",
    extension: ".triples",
    mediaType: "text/tab-separated-values",
    describe: "head, relation, tail and confidence, tab-separated, for reading; the other formats add positions",
    holds: "relations",
    appendable: true,
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
 * Tab-separated columns. Tabs, line ends and backslashes inside cells are written as `\t`, `\n`,
 * `\r`, `\\`.
 */
export const tsv = textFormat(
  {
    name: "tsv",
    title: "TSV",
    extension: ".tsv",
    mediaType: "text/tab-separated-values",
    describe: "a tab-separated table with a header",
    holds: "relations",
    appendable: true,
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
    describe: "a comma-separated table with a header, for spreadsheets",
    holds: "relations",
    appendable: true,
  },
  (options) => ({
    head: csvLine(names),
    of: (document) =>
      tripleRows(document, options)
        .map((row) => csvLine(Object.values(row).map((cell) => safe(cell, options.escapeFormulas))))
        .join(""),
  }),
);

/** Formats cells as a line of RFC 4180: quoted if necessary, quotes doubled, ending in CR LF. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => quoted(cell === null ? "" : String(cell))).join(",")}\r\n`;
}

function quoted(cell: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: quoted cells may hold them
  return /[",\u0000-\u001f\u007f]|^\s|\s$/.test(cell) ? `"${withoutNul(cell).replaceAll('"', '""')}"` : cell;
}

const escapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

function escapeTab(cell: Cell): string {
  return cell === null ? "" : withoutNul(String(cell)).replace(/[\t\n\r\\]/g, (character) => escapes[character] as string);
}

/**
 * Spreadsheets evaluate cells that start like this, and a formula can access the network. Numbers
 * are safe, since they are not text.
 */
function safe(cell: Cell, escapeFormulas = false): Cell {
  return escapeFormulas && typeof cell === "string" && /^\s*[=+\-@＝＋－＠\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** Many readers end a text at U+0000, so write its visible picture instead. */
function withoutNul(text: string): string {
  return text.replaceAll("\0", "\u2400");
}
