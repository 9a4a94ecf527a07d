import { cellWidth, graphemes } from "./text-width.ts";

/**
 * A row of block characters, one per value, from the lowest (▁) to the highest (█).
 *
 * A value that is not finite becomes a space; if all values are equal, they become ▄. With `width`,
 * neighbouring values are averaged so that the row is at most that many columns wide.
 */
export function sparkline(values: readonly number[], width?: number): string {
  const shown = width === undefined || values.length <= width ? values : averaged(values, Math.max(1, Math.floor(width)));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of shown) if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return low === high ? "▄" : blocks[Math.min(7, Math.floor(((value - low) / (high - low)) * 8))];
    })
    .join("");
}

/** Alignment and width of a text table. */
export interface TextTableOptions {
  /** By column. Defaults to right for a column of numbers, left otherwise. */
  readonly align?: readonly ("left" | "right" | undefined)[] | undefined;
  /**
   * Columns of the terminal. If the table is wider, long cells of the widest column end in an
   * ellipsis.
   */
  readonly width?: number | undefined;
}

/**
 * A table for the terminal: a header, a rule and rows with aligned columns. Without colour or a
 * final line break.
 *
 * Wide characters count as two columns. Control characters become spaces, so that a cell can
 * neither break the table nor control the terminal.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TextTableOptions = {},
): string {
  const columns = Math.max(header.length, ...rows.map((row) => row.length));
  const cells = [header, ...rows].map((row) => Array.from({ length: columns }, (_, column) => plain(row[column] ?? "")));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...cells.map((row) => cellWidth(row[column] ?? ""))));
  for (let excess = totalWidth(widths) - (options.width ?? Number.POSITIVE_INFINITY); excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= minColumn) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const right = widths.map((_, column) => {
    const asked = options.align?.[column];
    if (asked !== undefined) return asked === "right";
    const own = cells
      .slice(1)
      .map((row) => row[column] ?? "")
      .filter((cell) => cell !== "");
    return own.length > 0 && own.every((cell) => numeric.test(cell));
  });
  const lines = cells.map((row) =>
    row
      .map((cell, column) => pad(shorten(cell, widths[column] ?? 0), widths[column] ?? 0, right[column] === true))
      .join("  ")
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return lines.join("\n");
}

const blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const minColumn = 4;
const numeric = /^[+−-]?[\d.,]+(?:e[+-]?\d+)?(?: ?%)?(?: ± [\d.,]+)?$|^[–—-]$|^NaN$/iu;

function averaged(values: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, place) => {
    const part = values.slice(Math.floor((place * values.length) / width), Math.floor(((place + 1) * values.length) / width));
    const finite = part.filter(Number.isFinite);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  });
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + 2 * Math.max(0, widths.length - 1);
}

function plain(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ");
}

function shorten(cell: string, width: number): string {
  if (cellWidth(cell) <= width) return cell;
  let kept = "";
  let cells = 0;
  for (const cluster of graphemes(cell)) {
    cells += cellWidth(cluster);
    if (cells > width - 1) break;
    kept += cluster;
  }
  return `${kept}…`;
}

function pad(cell: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - cellWidth(cell)));
  return right ? space + cell : cell + space;
}
