import { escapeXml } from "@weft-nlp/core/text";
import {
  chartMargin,
  chartRules,
  drawHeading,
  drawVerticalAxis,
  formatTick,
  linearScale,
  type PlotArea,
  seriesClass,
  tickSize,
} from "./axes.ts";
import { fitText, textWidth } from "./text-width.ts";
import { round, svgFrame, type Theme } from "./theme.ts";

/** One bar in every group, all in one colour. */
export interface BarSeries {
  readonly name: string;
  /** One value per group; a value that is not finite leaves its place empty. */
  readonly values: readonly number[];
  /** Error bars: the lowest and the highest value of each group, in the unit of the values. */
  readonly intervals?: readonly (readonly [low: number, high: number] | null)[] | undefined;
}

/** The content and the look of a bar chart. */
export interface BarChart {
  readonly title: string;
  readonly yLabel: string;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  /** Values that the vertical axis must include; it always includes 0. */
  readonly yRange?: readonly [low: number, high: number] | undefined;
  /** Decimals of the number over each bar. Defaults to no numbers. */
  readonly decimals?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly theme?: Theme | undefined;
  readonly background?: boolean | undefined;
}

/** Grouped bars with error bars as one SVG element. Bars always start at 0. */
export function barChart(chart: BarChart): string {
  const { width = 680, height = 360, theme = "auto", background = true, groups, series } = chart;
  const heading = drawHeading({
    title: chart.title,
    yLabel: chart.yLabel,
    names: series.length > 1 ? series.map(({ name }) => name) : [],
    width,
    sample: (index, x, y) =>
      `<g class="${seriesClass(index)}"><rect class="weft-solid" x="${round(x)}" y="${round(y - 5.5)}" width="11" height="11" rx="2"/></g>`,
    sampleWidth: 11,
  });
  const bottom = height - 38;
  const numbers = chart.decimals !== undefined;
  const reached = series.flatMap(({ values, intervals = [] }) => [...values, ...intervals.flatMap((interval) => interval ?? [])]);
  const values: number[] = [0, ...reached.filter(Number.isFinite), ...(chart.yRange ?? [])];
  if (!values.some((value) => value !== 0)) values.push(1);
  const vertical = linearScale(
    values,
    bottom,
    heading.bottom + (numbers ? 8 : 0),
    Math.max(2, Math.round((bottom - heading.bottom) / 50)),
  );
  const area: PlotArea = {
    left: chartMargin + Math.max(...vertical.ticks.map((tick) => textWidth(formatTick(tick, vertical.ticks), tickSize))) + 8,
    right: width - chartMargin,
    top: heading.bottom,
    bottom,
  };
  const groupWidth = (area.right - area.left) / Math.max(1, groups.length);
  const barWidth = Math.min(46, (groupWidth * 0.76) / Math.max(1, series.length));
  const zero = vertical.place(0);
  const bars = series.flatMap(({ name, values: own, intervals = [] }, index) => {
    const parts = groups.map((group, place) => {
      const value = own[place] ?? Number.NaN;
      if (!Number.isFinite(value)) return "";
      const middle = area.left + (place + 0.5) * groupWidth + (index - (series.length - 1) / 2) * barWidth;
      return drawBar({
        name: `${group}, ${name}`,
        value,
        middle,
        width: barWidth,
        zero,
        place: vertical.place,
        interval: intervals[place],
        decimals: chart.decimals,
      });
    });
    return `<g class="${seriesClass(index)}">${parts.join("")}</g>`;
  });
  const names = groups.map((group, place) => {
    const text = escapeXml(fitText(group, tickSize, groupWidth - 6));
    return `<text class="weft-tick weft-middle" x="${round(area.left + (place + 0.5) * groupWidth)}" y="${round(bottom + 18)}"><title>${escapeXml(group)}</title>${text}</text>`;
  });
  const base = `<path class="weft-axis" d="M${round(area.left)} ${round(zero)}H${round(area.right)}"/>`;
  const spoken = series.map(
    ({ name, values: own }) => `${name}: ${groups.map((group, place) => `${group} ${own[place] ?? "missing"}`).join(", ")}.`,
  );
  return svgFrame({
    width,
    height,
    title: chart.title,
    description: `${chart.yLabel}. ${spoken.join(" ") || "No data."}`,
    theme,
    background,
    series: series.length,
    rules: chartRules(theme, series.length),
    body: [heading.body, drawVerticalAxis(area, vertical), ...bars, base, ...names].filter((part) => part !== "").join("\n"),
  });
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly middle: number;
  readonly width: number;
  readonly zero: number;
  readonly place: (value: number) => number;
  readonly interval: readonly [number, number] | null | undefined;
  readonly decimals: number | undefined;
}

function drawBar({ name, value, middle, width, zero, place, interval, decimals }: Bar): string {
  const end = place(value);
  const [left, right] = [middle - width / 2 + 1, middle + width / 2 - 1];
  const corner = Math.min(3, Math.abs(end - zero), (right - left) / 2) * Math.sign(zero - end);
  const bend = round(Math.abs(corner));
  const shape =
    `M${round(left)} ${round(zero)}V${round(end + corner)}Q${round(left)} ${round(end)} ${round(left + Math.abs(corner))} ${round(end)}` +
    `H${round(right - Math.abs(corner))}q${bend} 0 ${bend} ${round(corner)}V${round(zero)}z`;
  const bounded = interval !== null && interval !== undefined && interval.every(Number.isFinite) ? interval : undefined;
  const cap = Math.min(5, width / 4);
  const whisker =
    bounded === undefined
      ? ""
      : `<path class="weft-whisker" d="M${round(middle)} ${round(place(bounded[0]))}V${round(place(bounded[1]))}${bounded
          .map((bound) => `M${round(middle - cap)} ${round(place(bound))}h${round(2 * cap)}`)
          .join("")}"/>`;
  const top = Math.min(end, ...(bounded ?? []).map(place));
  const number = decimals === undefined ? "" : value.toFixed(decimals);
  const fits = number !== "" && textWidth(number, 10) < width + 8;
  const text = fits
    ? `<text class="weft-value weft-middle" x="${round(middle)}" y="${round(top - 5)}">${number.replace("-", "−")}</text>`
    : "";
  const range = bounded === undefined ? "" : ` (${bounded[0]} to ${bounded[1]})`;
  return `<g><title>${escapeXml(`${name}: ${value}${range}`)}</title><path class="weft-solid" d="${shape}"/>${whisker}${text}</g>`;
}
