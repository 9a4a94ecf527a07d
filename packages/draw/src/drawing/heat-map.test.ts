import fc from "fast-check";
import { expect, test } from "vitest";
import { checkXml } from "./check-xml.test.ts";
import { heatMap, shadeLimits } from "./heat-map.ts";
import { contrast, paperColours, seriesColours } from "./palette.ts";

const grid = {
  title: "F1 on dev",
  xLabel: "α",
  yLabel: "μ",
  columns: ["0.1", "1"],
  rows: ["0", "1"],
};

test("every cell has a number, a note and a name, and the marked one a frame", () => {
  const svg = heatMap({
    ...grid,
    values: [
      [41.25, 43],
      [Number.NaN, 44.5],
    ],
    notes: [
      ["± 1.0", "± 2.0"],
      ["", "± 0.5"],
    ],
    marked: { row: 1, column: 1 },
  });
  expect([...svg.matchAll(/weft-number"[^>]*>([^<]*)</gu)].map((match) => match[1])).toEqual(["41.3", "43.0", "–", "44.5"]);
  expect(svg).toContain("<title>1, 1: 44.5 ± 0.5</title>");
  expect(svg.match(/<rect class="weft-marked"/gu)).toHaveLength(1);
  expect(svg).toContain("0: 0.1 41.3, 1 43.0.");
  expect(checkXml(svg)).toBe("");
});

test("colour runs from the minimum to the maximum, and an empty cell has none", () => {
  const svg = heatMap({
    ...grid,
    values: [
      [1, 2],
      [3, Number.NaN],
    ],
  });
  const shades = [...svg.matchAll(/fill-opacity="([\d.]+)"/gu)].map((match) => Number(match[1]));
  expect(shades[0]).toBe(shadeLimits.min);
  expect(shades[2]).toBe(shadeLimits.max);
  expect(shades[1]).toBeCloseTo((shadeLimits.min + shadeLimits.max) / 2, 1);
  expect(shades[3]).toBe(0);
});

test.each(["light", "dark"] as const)("numbers are readable on the strongest colour, on %s paper", (shade) => {
  const [colour] = seriesColours[shade];
  const { paper, ink } = paperColours[shade];
  const bytes = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const below = bytes(paper);
  const mixed = bytes(colour).map((byte, index) =>
    Math.round(shadeLimits.max * byte + (1 - shadeLimits.max) * (below[index] ?? 0)),
  );
  expect(contrast(`#${mixed.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`, ink)).toBeGreaterThan(4.5);
});

test("any numbers and names give well-formed XML without NaN", () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Number.NaN, 1e308, -1e308));
  const names = fc.array(fc.string({ unit: "binary" }), { maxLength: 6 });
  fc.assert(
    fc.property(names, names, fc.array(fc.array(value, { maxLength: 6 }), { maxLength: 6 }), (rows, columns, values) => {
      const svg = heatMap({ title: rows[0] ?? "", xLabel: columns[0] ?? "", yLabel: "y", rows, columns, values, notes: [rows] });
      expect(checkXml(svg)).toBe("");
      expect(svg).not.toMatch(/="NaN"|Infinity/u);
    }),
  );
});
