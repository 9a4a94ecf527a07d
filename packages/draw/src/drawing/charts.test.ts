import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTick, linearScale, logScale, niceTicks } from "./axes.ts";
import { barChart } from "./bar-chart.ts";
import { checkXml } from "./check-xml.test.ts";
import { lineChart } from "./line-chart.ts";

const chart = { title: "Loss", xLabel: "step", yLabel: "nats" };

test("ticks are round, in order and enclose the values", () => {
  expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(niceTicks(0.61, 0.74)).toEqual([0.6, 0.65, 0.7, 0.75]);
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (low, span) => {
      fc.pre(Math.abs(low) < span * 1e6);
      const ticks = niceTicks(low, low + span);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(ticks[0]).toBeLessThanOrEqual(low + span * 1e-6);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(low + span * (1 - 1e-6));
      expect(ticks.every((tick, index) => index === 0 || tick > (ticks[index - 1] ?? 0))).toBe(true);
    }),
  );
});

test("tick numbers are short", () => {
  expect([0, 0.25, 0.5].map((tick) => formatTick(tick, [0, 0.25, 0.5]))).toEqual(["0.00", "0.25", "0.50"]);
  expect(formatTick(-20000, [-20000, 0])).toBe("−20,000");
  expect(formatTick(5e-7, [5e-7])).toBe("5e-7");
});

test("scales map ends to ends, also when all values are equal or there are none", () => {
  expect(linearScale([5, 5], 0, 100).place(5)).toBeCloseTo(50, 0);
  expect(linearScale([], 0, 100).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  const scale = logScale([1, 2, 4, 8], 0, 90);
  expect(scale.place(2)).toBeCloseTo(30);
  expect(scale.ticks).toEqual([1, 2, 4, 8]);
});

test("a value that is not finite leaves a gap, and a single point gets a mark", () => {
  const svg = lineChart({
    ...chart,
    series: [
      {
        name: "a",
        points: [
          [0, 1],
          [1, 2],
          [2, Number.NaN],
          [3, 1],
          [4, 2],
        ],
      },
      { name: "b", points: [[2, 1.5]] },
    ],
  });
  const lines = [...svg.matchAll(/class="weft-line"[^>]* d="([^"]*)"/gu)].map((match) => match[1]);
  expect(lines[0]?.match(/M/gu)).toHaveLength(2);
  expect(svg).toMatch(/<rect class="weft-solid"/u);
  expect(checkXml(svg)).toBe("");
});

test("draws charts without series, without finite values, or with values at or below 0 on a log axis", () => {
  expect(lineChart({ ...chart, series: [] })).toContain("no data");
  expect(lineChart({ ...chart, series: [{ name: "a", points: [[0, Number.NaN]] }] })).toContain("no data");
  expect(
    checkXml(
      lineChart({
        ...chart,
        xScale: "log",
        series: [
          {
            name: "a",
            points: [
              [0, 1],
              [-1, 2],
              [10, 3],
            ],
          },
        ],
        marks: [{ x: 0, label: "z" }],
      }),
    ),
  ).toBe("");
  expect(checkXml(barChart({ title: "", yLabel: "", groups: [], series: [] }))).toBe("");
});

test("names at line ends do not overlap", () => {
  const series = Array.from({ length: 6 }, (_, index) => ({
    name: `series ${index}`,
    points: [
      [0, 0],
      [1, 0.5 + index * 0.001],
    ] as const,
  }));
  const svg = lineChart({ ...chart, series });
  const heights = [...svg.matchAll(/weft-name weft-solid" x="[\d.]+" y="([\d.]+)"/gu)]
    .map((match) => Number(match[1]))
    .sort((a, b) => a - b);
  expect(heights).toHaveLength(6);
  for (const [index, y] of heights.entries()) if (index > 0) expect(y - (heights[index - 1] ?? 0)).toBeGreaterThanOrEqual(15.9);
  expect(Math.max(...heights)).toBeLessThan(400 - 40);
});

test("any numbers and names give well-formed XML without NaN", () => {
  const numbers = fc.oneof(fc.double(), fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1, Number.NaN));
  const bounded = numbers.map((value) => (Math.abs(value) > 1e100 ? Number.POSITIVE_INFINITY : value));
  const points = fc.array(fc.tuple(bounded, bounded), { maxLength: 30 });
  const seriesOf = fc.array(fc.record({ name: fc.string({ unit: "binary" }), points }), { maxLength: 10 });
  fc.assert(
    fc.property(
      seriesOf,
      fc.constantFrom("linear" as const, "log" as const),
      fc.string({ unit: "binary" }),
      (series, xScale, title) => {
        expect(checkXml(lineChart({ title, xLabel: title, yLabel: title, series, xScale }))).toBe("");
        const bars = series.map(({ name, points: own }) => ({
          name,
          values: own.map(([, y]) => y),
          intervals: own.map(([low, high]) => [low, high] as const),
        }));
        expect(checkXml(barChart({ title, yLabel: title, groups: ["a", title], series: bars, decimals: 2 }))).toBe("");
      },
    ),
  );
});

test("error bars of a line reach their bounds, and the axis includes them", () => {
  const points = [
    [1, 0.5],
    [2, 0.6],
  ] as const;
  const svg = lineChart({
    ...chart,
    series: [
      {
        name: "a",
        points,
        intervals: [
          [1, 0.2, 0.8],
          [2, Number.NaN, 1],
        ],
      },
    ],
  });
  const [, low, high] = /weft-whisker" d="M[\d.]+ ([\d.]+)V([\d.]+)/u.exec(svg) ?? [];
  const dots = [...svg.matchAll(/<circle class="weft-solid" cx="[\d.]+" cy="([\d.]+)"/gu)].map((match) => Number(match[1]));
  expect((Number(low) + Number(high)) / 2).toBeCloseTo(dots[0] ?? 0, 1);
  expect(Number(low) - Number(high)).toBeCloseTo(6 * ((dots[0] ?? 0) - (dots[1] ?? 0)), 0);
  expect(svg.match(/weft-whisker" /gu)).toHaveLength(1);
  expect(checkXml(svg)).toBe("");
});

test("bars start at 0 and error bars reach their bounds", () => {
  const svg = barChart({
    title: "F1",
    yLabel: "F1",
    groups: ["x"],
    series: [{ name: "a", values: [-0.5], intervals: [[-0.6, -0.4]] }],
    yRange: [-1, 1],
  });
  expect(svg).toContain("x, a: -0.5 (-0.6 to -0.4)");
  const whisker = /weft-whisker" d="M[\d.]+ ([\d.]+)V([\d.]+)/u.exec(svg);
  expect(Number(whisker?.[1])).toBeGreaterThan(Number(whisker?.[2]));
});
