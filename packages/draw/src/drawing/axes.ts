import { escapeXml } from "@weft-nlp/core/text";
import { seriesColours } from "./palette.ts";
import { fitText, textWidth } from "./text-width.ts";
import { paint, round, type Theme } from "./theme.ts";

/** From values to pixels, with the values that get a tick. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
  readonly low: number;
  readonly high: number;
}

export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Round numbers (1, 2, 2.5 or 5 times a power of ten) from at most `low` to at least `high`. */
export function niceTicks(low: number, high: number, wanted = 5): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export function linearScale(values: readonly number[], from: number, to: number, wanted?: number): Scale {
  const [low, high] = extent(values);
  const ticks = niceTicks(low, high, wanted);
  return scale(ticks, from, to, (value) => value);
}

/**
 * Like `linearScale`, but without widening to round numbers, for an axis that is read from left to
 * right.
 */
export function tightScale(values: readonly number[], from: number, to: number, wanted?: number): Scale {
  const [low, high] = extent(values);
  const ticks = niceTicks(low, high, wanted).filter((tick) => tick >= low && tick <= high);
  return { ...scale([low, high], from, to, (value) => value), ticks };
}

/**
 * A base-10 logarithmic scale with ticks at the values themselves if there are few. Values must be
 * above 0.
 */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const [low, high] = values.length === 0 ? [1, 10] : extent(values, 10);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length > 1 && distinct.length <= 10) return { ...scale([low, high], from, to, Math.log10), ticks: distinct };
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil((last - first) / 8));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += stride) {
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  return { ...scale([low, high], from, to, Math.log10), ticks: ticks.filter((tick) => tick >= low && tick <= high) };
}

/** Short and plain: 0.25, 1,000, 5e-7. */
export function formatTick(value: number, ticks: readonly number[]): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential().replace("e+", "e");
  const places = Math.max(0, ...ticks.map((tick) => (String(Number(tick.toPrecision(6))).split(".")[1] ?? "").length));
  const spread = Math.max(...ticks.map(Math.abs)) / Math.min(...ticks.map((tick) => Math.abs(tick) || 1));
  const text = value.toFixed(
    spread > 1000 ? Math.min(places, Math.max(0, -Math.floor(Math.log10(size || 1)))) : Math.min(places, 6),
  );
  const [whole = "", rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (rest === undefined ? grouped : `${grouped}.${rest}`).replace("-", "−");
}

/** Horizontal grid lines with their numbers left of the plot. */
export function drawVerticalAxis(area: PlotArea, scale: Scale): string {
  const rows = scale.ticks.map((tick) => {
    const y = round(scale.place(tick));
    const number = `<text class="weft-tick weft-end" x="${round(area.left - 8)}" y="${round(scale.place(tick) + 3.8)}">${formatTick(tick, scale.ticks)}</text>`;
    return `<path class="weft-grid" d="M${round(area.left)} ${y}H${round(area.right)}"/>${number}`;
  });
  return rows.join("\n");
}

/** The base line with ticks and numbers below the plot; skips numbers that would touch. */
export function drawHorizontalAxis(area: PlotArea, scale: Scale): string {
  const rows = [`<path class="weft-axis" d="M${round(area.left)} ${round(area.bottom)}H${round(area.right)}"/>`];
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of scale.ticks) {
    const x = scale.place(tick);
    rows.push(`<path class="weft-axis" d="M${round(x)} ${round(area.bottom)}v4"/>`);
    const label = formatTick(tick, scale.ticks);
    const reach = textWidth(label, tickSize) / 2 + 4;
    if (x - reach < free) continue;
    free = x + reach;
    rows.push(`<text class="weft-tick weft-middle" x="${round(x)}" y="${round(area.bottom + 17)}">${label}</text>`);
  }
  return rows.join("\n");
}

export interface Heading {
  readonly title: string;
  readonly yLabel: string;
  readonly names: readonly string[];
  readonly width: number;
  /** The small picture before a name in the legend, `sampleWidth` wide, centred on its y. */
  readonly sample: (index: number, x: number, y: number) => string;
  readonly sampleWidth: number;
}

/**
 * Title, legend (if there are names) and the name of the vertical axis, from the top. The plot may
 * start at `bottom`.
 */
export function drawHeading({ title, yLabel, names, width, sample, sampleWidth }: Heading): { body: string; bottom: number } {
  const rows: string[] = [];
  let y = 14;
  if (title !== "") {
    y += 16;
    rows.push(
      `<text class="weft-title" x="${chartMargin}" y="${y}">${escapeXml(fitText(title, 16, width - 2 * chartMargin))}</text>`,
    );
  }
  if (names.length > 0) {
    y += 22;
    let x = chartMargin;
    for (const [index, whole] of names.entries()) {
      const name = fitText(whole, labelSize, width - 2 * chartMargin - sampleWidth - 7);
      const needed = sampleWidth + 7 + textWidth(name, labelSize);
      if (x > chartMargin && x + needed > width - chartMargin) {
        x = chartMargin;
        y += 18;
      }
      rows.push(
        sample(index, x, y - 4),
        `<text class="weft-name" x="${round(x + sampleWidth + 7)}" y="${y}">${escapeXml(name)}</text>`,
      );
      x += needed + 18;
    }
  }
  if (yLabel !== "") {
    y += 21;
    rows.push(
      `<text class="weft-tick" x="${chartMargin}" y="${y}">${escapeXml(fitText(yLabel, tickSize, width - 2 * chartMargin))}</text>`,
    );
  }
  return { body: rows.join("\n"), bottom: y + 14 };
}

export const chartMargin = 18;
export const tickSize = 11;
export const labelSize = 12;

/** The style rules that charts share, with one colour per series. */
export function chartRules(theme: Theme, series: number): string {
  const rows = [
    `.weft-title{font-size:16px;font-weight:600;${paint("fill", "ink", theme)}}`,
    `.weft-tick{font-size:${tickSize}px;${paint("fill", "soft", theme)}}`,
    `.weft-name{font-size:${labelSize}px;${paint("fill", "ink", theme)}}`,
    `.weft-middle{text-anchor:middle}`,
    `.weft-end{text-anchor:end}`,
    `.weft-grid{fill:none;stroke-width:1;${paint("stroke", "grid", theme)}}`,
    `.weft-axis{fill:none;stroke-width:1;${paint("stroke", "line", theme)}}`,
    `.weft-reference{fill:none;stroke-width:1;stroke-dasharray:3 3;${paint("stroke", "soft", theme)}}`,
    `.weft-line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}`,
    `.weft-band{opacity:.16}`,
    `.weft-whisker{fill:none;stroke-width:1.4;${paint("stroke", "ink", theme)}}`,
    `.weft-value{font-size:10px;paint-order:stroke;stroke-width:3;stroke-linejoin:round;${paint("fill", "soft", theme)};${paint("stroke", "paper", theme)}}`,
  ];
  const colours = seriesColours.light.length;
  for (let index = 0; index < Math.min(series, colours); index++) {
    rows.push(`.weft-series-${index} .weft-line{${paint("stroke", `series-${index}`, theme)}}`);
    rows.push(`.weft-series-${index} .weft-solid,.weft-series-${index} .weft-band{${paint("fill", `series-${index}`, theme)}}`);
  }
  return rows.join("\n");
}

/** The CSS class that colours a series; colours repeat after the last one. */
export function seriesClass(index: number): string {
  return `weft-series-${index % seriesColours.light.length}`;
}

function scale(ticks: readonly number[], from: number, to: number, warp: (value: number) => number): Scale {
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const [start, end] = [warp(low), warp(high)];
  return { low, high, ticks, place: (value) => from + ((warp(value) - start) / (end - start || 1)) * (to - from) };
}

/** The minimum and the maximum, moved apart if they are too close to have numbers between them. */
function extent(values: readonly number[], factor?: number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(size * 1e-9, 1e-300)) return [low, high];
  if (factor !== undefined) return [Math.max(low / factor, Number.MIN_VALUE), high * factor];
  const around = size > 1e-290 ? size * 0.1 : 1;
  return [low - around, high + around];
}
