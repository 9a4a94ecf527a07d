import { escapeXml } from "@weft-nlp/core/text";
import {
  chartMargin,
  chartRules,
  drawHeading,
  drawHorizontalAxis,
  drawVerticalAxis,
  formatTick,
  labelSize,
  linearScale,
  logScale,
  type PlotArea,
  type Scale,
  seriesClass,
  tickSize,
  tightScale,
} from "./axes.ts";
import { fitText, textWidth } from "./text-width.ts";
import { round, svgFrame, type Theme } from "./theme.ts";

/** One line, with its points in drawing order. */
export interface LineSeries {
  readonly name: string;
  /** A point with a value that is not finite leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** An area around the line: a confidence interval or a spread. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[] | undefined;
  /** Error bars: the lowest and the highest value at an x. */
  readonly intervals?: readonly (readonly [x: number, low: number, high: number])[] | undefined;
}

/** A thin dashed line at one x or one y. */
export interface ReferenceMark {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly label: string;
}

/** The content and the look of a line chart. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  readonly marks?: readonly ReferenceMark[] | undefined;
  /** Defaults to `linear`; `log` skips values that are not above 0. */
  readonly xScale?: "linear" | "log" | undefined;
  /** Values that the vertical axis must include, such as [0, 1]. */
  readonly yRange?: readonly [low: number, high: number] | undefined;
  /** Names at the line ends, or in a legend above. Defaults to `direct` for up to six series. */
  readonly names?: "direct" | "legend" | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly theme?: Theme | undefined;
  readonly background?: boolean | undefined;
}

/**
 * Lines over a numeric axis as one SVG element, for example training curves, reliability, or
 * precision against recall.
 */
export function lineChart(chart: LineChart): string {
  const { width = 680, height = 400, theme = "auto", background = true } = chart;
  const usable = (x: number) => Number.isFinite(x) && (chart.xScale !== "log" || x > 0);
  const bounded = ([x, low, high]: readonly [number, number, number]) =>
    usable(x) && Number.isFinite(low) && Number.isFinite(high);
  const series = chart.series.map(({ name, points, band = [], intervals = [] }) => ({
    name,
    points: points.map(([x, y]): [number, number] => [x, usable(x) ? y : Number.NaN]),
    band: band.filter(bounded),
    intervals: intervals.filter(bounded),
  }));
  const drawn = series.flatMap(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  const marks = (chart.marks ?? []).filter(
    ({ x, y }) => (x === undefined || usable(x)) && (y === undefined || Number.isFinite(y)),
  );
  const direct = (chart.names ?? (series.length <= 6 ? "direct" : "legend")) === "direct";
  const heading = drawHeading({
    title: chart.title,
    yLabel: chart.yLabel,
    names: direct ? [] : series.map(({ name }) => name),
    width,
    sample: (index, x, y) =>
      `<g class="${seriesClass(index)}"><path class="weft-line"${dash(index)} d="M${round(x)} ${round(y)}h28"/>${marker(index, x + 14, y)}</g>`,
    sampleWidth: 28,
  });
  const bottom = height - (chart.xLabel === "" ? 34 : 54);
  const bounds = series.flatMap(({ band, intervals }) => [...band, ...intervals]);
  const yValues = [...drawn.map(([, y]) => y), ...bounds.flatMap(([, low, high]) => [low, high])];
  const vertical = linearScale(
    [...yValues, ...marks.flatMap(({ y }) => (y === undefined ? [] : [y])), ...(chart.yRange ?? [])],
    bottom,
    heading.bottom,
    Math.max(2, Math.round((bottom - heading.bottom) / 55)),
  );
  const nameWidth = Math.min(width * 0.3, Math.max(0, ...series.map(({ name }) => textWidth(name, labelSize))));
  const area: PlotArea = {
    left: chartMargin + Math.max(...vertical.ticks.map((tick) => textWidth(formatTick(tick, vertical.ticks), tickSize))) + 8,
    right: width - chartMargin - (direct && nameWidth > 0 ? nameWidth + 12 : 8),
    top: heading.bottom,
    bottom,
  };
  const xValues = [
    ...drawn.map(([x]) => x),
    ...bounds.map(([x]) => x),
    ...marks.flatMap(({ x }) => (x === undefined ? [] : [x])),
  ];
  const horizontal =
    chart.xScale === "log"
      ? logScale(xValues, area.left + 4, area.right - 4)
      : tightScale(xValues, area.left + 4, area.right - 4, Math.max(2, Math.round((area.right - area.left) / 80)));
  const body = [
    heading.body,
    drawVerticalAxis(area, vertical),
    drawHorizontalAxis(area, horizontal),
    chart.xLabel === ""
      ? ""
      : `<text class="weft-tick weft-middle" x="${round((area.left + area.right) / 2)}" y="${round(bottom + 37)}">${escapeXml(fitText(chart.xLabel, tickSize, area.right - area.left))}</text>`,
    ...marks.map((mark) => drawMark(mark, area, horizontal, vertical)),
    ...series.map((one, index) => drawSeries(one, index, horizontal, vertical)),
    drawn.length === 0
      ? `<text class="weft-tick weft-middle" x="${round((area.left + area.right) / 2)}" y="${round((area.top + bottom) / 2)}">no data</text>`
      : "",
    direct ? drawNames(series, area, nameWidth, horizontal, vertical) : "",
  ];
  return svgFrame({
    width,
    height,
    title: chart.title,
    description: `${chart.yLabel} over ${chart.xLabel}. ${series.map(summarise).join(" ")}`.trim(),
    theme,
    background,
    series: series.length,
    rules: chartRules(theme, series.length),
    body: body.filter((part) => part !== "").join("\n"),
  });
}

function drawSeries(
  { name, points, band, intervals }: Required<LineSeriesParts>,
  index: number,
  horizontal: Scale,
  vertical: Scale,
): string {
  const at = (x: number, y: number) => `${round(horizontal.place(x))} ${round(vertical.place(y))}`;
  const finite = points.filter(([, y]) => Number.isFinite(y));
  let path = "";
  let open = false;
  for (const [x, y] of points) {
    if (Number.isFinite(y)) path += `${open ? "L" : "M"}${at(x, y)}`;
    open = Number.isFinite(y);
  }
  const upper = band.map(([x, , high]) => at(x, high));
  const lower = band.map(([x, low]) => at(x, low)).reverse();
  const area = band.length < 2 ? "" : `<path class="weft-band" d="M${[...upper, ...lower].join("L")}z"/>`;
  const line = path === "" ? "" : `<path class="weft-line"${dash(index)} d="${path}"/>`;
  const isolated = points.filter(
    ([, y], place) => Number.isFinite(y) && !Number.isFinite(points[place - 1]?.[1]) && !Number.isFinite(points[place + 1]?.[1]),
  );
  const dots = (finite.length <= 24 ? finite : isolated).map(([x, y]) => marker(index, horizontal.place(x), vertical.place(y)));
  const whiskers = intervals.map(([x, low, high]) => {
    const [left, bottom, top] = [horizontal.place(x), vertical.place(low), vertical.place(high)];
    const caps = [bottom, top].map((y) => `M${round(left - 4)} ${round(y)}h8`).join("");
    return `<path class="weft-whisker" d="M${round(left)} ${round(bottom)}V${round(top)}${caps}"/>`;
  });
  return `<g class="${seriesClass(index)}"><title>${escapeXml(name)}</title>${area}${line}${whiskers.join("")}${dots.join("")}</g>`;
}

interface LineSeriesParts {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  readonly band?: readonly (readonly [number, number, number])[];
  readonly intervals?: readonly (readonly [number, number, number])[];
}

/** Names to the right of the line ends, moved apart if ends are close together. */
function drawNames(
  series: readonly LineSeriesParts[],
  area: PlotArea,
  width: number,
  horizontal: Scale,
  vertical: Scale,
): string {
  const rows = series.flatMap(({ name, points }, index) => {
    const last = points.findLast(([, y]) => Number.isFinite(y));
    if (last === undefined || name === "") return [];
    const y = vertical.place(last[1]);
    return [{ index, name, x: horizontal.place(last[0]), end: y, y: Math.max(area.top, y) }];
  });
  rows.sort((a, b) => a.y - b.y || a.index - b.index);
  const height = labelSize + 4;
  let overflow = 0;
  for (const [place, row] of rows.entries()) row.y = Math.max(row.y, (rows[place - 1]?.y ?? Number.NEGATIVE_INFINITY) + height);
  overflow = Math.max(0, (rows.at(-1)?.y ?? 0) - area.bottom);
  for (let place = rows.length - 1; place >= 0 && overflow > 0; place--) {
    const row = rows[place];
    if (row !== undefined) row.y = Math.min(row.y, (rows[place + 1]?.y ?? area.bottom + height) - height);
  }
  return rows
    .map(({ index, name, x, end, y }) => {
      const moved = Math.abs(y - end) > 6 || area.right - x > 20;
      const leader = moved
        ? `<path class="weft-grid" d="M${round(x + 5)} ${round(end)}L${round(area.right + 4)} ${round(y)}"/>`
        : "";
      const text = `<text class="weft-name weft-solid" x="${round(area.right + 8)}" y="${round(y + 4)}">${escapeXml(fitText(name, labelSize, width))}</text>`;
      return `${leader}<g class="${seriesClass(index)}">${text}</g>`;
    })
    .join("\n");
}

function drawMark({ x, y, label }: ReferenceMark, area: PlotArea, horizontal: Scale, vertical: Scale): string {
  const text = escapeXml(fitText(label, tickSize, area.right - area.left));
  if (x !== undefined) {
    const at = horizontal.place(x);
    const late = at + 5 + textWidth(label, tickSize) > area.right;
    const place = late ? `class="weft-tick weft-end" x="${round(at - 5)}"` : `class="weft-tick" x="${round(at + 5)}"`;
    return `<path class="weft-reference" d="M${round(at)} ${round(area.top)}V${round(area.bottom)}"/><text ${place} y="${round(area.top + 9)}">${text}</text>`;
  }
  if (y === undefined) return "";
  const at = vertical.place(y);
  return `<path class="weft-reference" d="M${round(area.left)} ${round(at)}H${round(area.right)}"/><text class="weft-tick" x="${round(area.left + 6)}" y="${round(at - 5)}">${text}</text>`;
}

/** A different dash pattern per series, so that colour is never the only difference. */
function dash(index: number): string {
  const pattern = ["", "7 5", "1.5 4.5", "10 4 2 4", "4 4", "12 5", "2 3 7 3", "1 6"][index % 8];
  return pattern === "" || pattern === undefined ? "" : ` stroke-dasharray="${pattern}"`;
}

/** Circle, square, triangle, diamond. */
function marker(index: number, x: number, y: number): string {
  const [left, top] = [round(x), round(y)];
  if (index % 4 === 0) return `<circle class="weft-solid" cx="${left}" cy="${top}" r="3"/>`;
  if (index % 4 === 1) return `<rect class="weft-solid" x="${round(x - 2.8)}" y="${round(y - 2.8)}" width="5.6" height="5.6"/>`;
  if (index % 4 === 2) return `<path class="weft-solid" d="M${left} ${round(y - 3.8)}l3.6 6.4h-7.2z"/>`;
  return `<path class="weft-solid" d="M${left} ${round(y - 3.9)}l3.9 3.9l-3.9 3.9l-3.9 -3.9z"/>`;
}

function summarise({ name, points }: LineSeriesParts): string {
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const [first, last] = [finite[0], finite.at(-1)];
  if (first === undefined || last === undefined) return `${name}: no data.`;
  const short = (value: number) => String(Number(value.toPrecision(4)));
  return `${name}: ${finite.length} points from (${first.map(short).join(", ")}) to (${last.map(short).join(", ")}).`;
}
