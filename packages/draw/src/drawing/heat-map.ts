import { escapeXml } from "@weft-nlp/core/text";
import { chartMargin, chartRules, drawHeading, labelSize, seriesClass, tickSize } from "./axes.ts";
import { fitText, textWidth } from "./text-width.ts";
import { paint, round, svgFrame, type Theme } from "./theme.ts";

/** The content and the look of a heat map. */
export interface HeatMap {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** One list per row, one value per column; a value that is not finite leaves its cell empty. */
  readonly values: readonly (readonly number[])[];
  /** A text below the number of each cell, such as a deviation. */
  readonly notes?: readonly (readonly string[])[] | undefined;
  /** Decimals of the number in each cell. Defaults to 1. */
  readonly decimals?: number | undefined;
  /** The cell to highlight with a frame. */
  readonly marked?: { readonly row: number; readonly column: number } | undefined;
  readonly width?: number | undefined;
  readonly theme?: Theme | undefined;
  readonly background?: boolean | undefined;
}

/**
 * A table of coloured cells with their numbers as one SVG element, for a grid over two settings.
 * The colour runs from the minimum to the maximum and only repeats the numbers, so the map works
 * without it.
 */
export function heatMap(map: HeatMap): string {
  const { width = 680, theme = "auto", background = true, rows, columns } = map;
  const heading = drawHeading({
    title: map.title,
    yLabel: map.yLabel,
    names: [],
    width,
    sample: () => "",
    sampleWidth: 0,
  });
  const nameWidth = Math.min(width * 0.3, Math.max(0, ...rows.map((name) => textWidth(name, tickSize))));
  const left = chartMargin + nameWidth + 8;
  const top = heading.bottom - 6;
  const cellWidth = (width - chartMargin - left) / Math.max(1, columns.length);
  const cellHeight = map.notes === undefined ? 38 : 48;
  const bottom = top + rows.length * cellHeight;
  const finite = map.values.flat().filter(Number.isFinite);
  const shade = shadeBetween(finite);
  const cells = rows.flatMap((row, y) =>
    columns.map((column, x) => {
      const value = map.values[y]?.[x] ?? Number.NaN;
      const box = { x: left + x * cellWidth, y: top + y * cellHeight, width: cellWidth, height: cellHeight };
      const note = map.notes?.[y]?.[x] ?? "";
      return drawCell({ name: `${row}, ${column}`, value, note, decimals: map.decimals ?? 1, shade: shade(value) }, box);
    }),
  );
  const rowNames = rows.map((row, y) => {
    const text = escapeXml(fitText(row, tickSize, nameWidth));
    const middle = top + (y + 0.5) * cellHeight + 4;
    return `<text class="weft-tick weft-end" x="${round(left - 8)}" y="${round(middle)}"><title>${escapeXml(row)}</title>${text}</text>`;
  });
  const columnNames = columns.map((column, x) => {
    const text = escapeXml(fitText(column, tickSize, cellWidth - 4));
    const middle = left + (x + 0.5) * cellWidth;
    return `<text class="weft-tick weft-middle" x="${round(middle)}" y="${round(bottom + 16)}"><title>${escapeXml(column)}</title>${text}</text>`;
  });
  const { marked } = map;
  const frame =
    marked === undefined
      ? ""
      : `<rect class="weft-marked" x="${round(left + marked.column * cellWidth + 2)}" y="${round(top + marked.row * cellHeight + 2)}" width="${round(Math.max(0, cellWidth - 4))}" height="${round(cellHeight - 4)}" rx="4"/>`;
  const xLabel =
    map.xLabel === ""
      ? ""
      : `<text class="weft-tick weft-middle" x="${round((left + width - chartMargin) / 2)}" y="${round(bottom + 36)}">${escapeXml(fitText(map.xLabel, tickSize, width - 2 * chartMargin))}</text>`;
  const spoken = rows.map(
    (row, y) => `${row}: ${columns.map((column, x) => `${column} ${said(map.values[y]?.[x], map.decimals ?? 1)}`).join(", ")}.`,
  );
  return svgFrame({
    width,
    height: bottom + (map.xLabel === "" ? 32 : 52),
    title: map.title,
    description: `${map.yLabel} by ${map.xLabel}. ${spoken.join(" ") || "No data."}`,
    theme,
    background,
    series: 1,
    rules: [
      chartRules(theme, 1),
      `.weft-cell{stroke-width:1;${paint("stroke", "paper", theme)}}`,
      `.weft-number{font-size:${labelSize + 1}px;font-weight:600;text-anchor:middle;${paint("fill", "ink", theme)}}`,
      `.weft-note{font-size:10px;text-anchor:middle;${paint("fill", "ink", theme)}}`,
      `.weft-marked{fill:none;stroke-width:2;${paint("stroke", "ink", theme)}}`,
    ].join("\n"),
    body: [heading.body, `<g class="${seriesClass(0)}">${cells.join("\n")}</g>`, ...rowNames, ...columnNames, xLabel, frame]
      .filter((part) => part !== "")
      .join("\n"),
  });
}

/**
 * The strength of a value's colour, limited so that numbers stay readable on light and on dark
 * paper.
 */
export const shadeLimits = { min: 0.05, max: 0.5 } as const;

function shadeBetween(values: readonly number[]): (value: number) => number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const { min, max } = shadeLimits;
  return (value) => {
    if (!Number.isFinite(value)) return 0;
    if (low === high) return (min + max) / 2;
    // Halved first, so that a span wider than any number does not become infinite.
    return min + ((value / 2 - low / 2) / (high / 2 - low / 2)) * (max - min);
  };
}

interface Cell {
  readonly name: string;
  readonly value: number;
  readonly note: string;
  readonly decimals: number;
  readonly shade: number;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawCell({ name, value, note, decimals, shade }: Cell, { x, y, width, height }: Box): string {
  const number = said(value, decimals);
  const rectangle = `<rect class="weft-cell weft-solid" fill-opacity="${round(shade)}" x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(height)}"/>`;
  const middle = round(x + width / 2);
  const below = note === "" || !Number.isFinite(value) ? "" : fitText(note, 10, width - 4);
  const text = `<text class="weft-number" x="${middle}" y="${round(y + height / 2 + (below === "" ? 4.5 : -1))}">${fitText(number, labelSize + 1, width - 2)}</text>`;
  const second =
    below === "" ? "" : `<text class="weft-note" x="${middle}" y="${round(y + height / 2 + 13)}">${escapeXml(below)}</text>`;
  const spoken = escapeXml(`${name}: ${number}${note === "" ? "" : ` ${note}`}`);
  return `<g><title>${spoken}</title>${rectangle}${text}${second}</g>`;
}

function said(value: number | undefined, decimals: number): string {
  return value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(decimals).replace("-", "−");
}
