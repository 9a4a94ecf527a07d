import fc from "fast-check";
import { expect, test } from "vitest";
import { type GridAxis, gridPoints, parseAxis } from "./grid.ts";

test.each<[string, unknown[]]>([
  ["objective.alpha=0.0001,0.1,1", [0.0001, 0.1, 1]],
  ["model.name=rin,joint-nn", ["rin", "joint-nn"]],
  ["model.tag=true,false", [true, false]],
  ["model.windows=[1,2,3],[4]", [[1, 2, 3], [4]]],
  ['a="x,y",z', ["x,y", "z"]],
  ["training.patience=3", [3]],
  ["vectors=null,a.txt", [null, "a.txt"]],
])("%s is a list of YAML values", (text, values) => {
  expect(parseAxis(text)).toEqual({ path: text.split("=")[0], values });
});

test.each([
  ["alpha", "expected path=value,value"],
  ["=1,2", "expected path=value,value"],
  ["alpha=", "expected path=value,value"],
  ["alpha=1,1.0", "the value 1 is given twice"],
  ["alpha=[1,2", "is not a YAML value"],
])("%s is refused", (text, message) => {
  expect(() => parseAxis(text)).toThrow(message);
});

test("points are all combinations, the last axis changing fastest, each with its settings and a name", () => {
  const points = gridPoints([parseAxis("a.b=1,2"), parseAxis("c=x,y")]);
  expect(points.map(({ places }) => places)).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(points[1]).toEqual({
    places: [0, 1],
    settings: { "a.b": 1, c: "y" },
    changes: ["a.b=1", 'c="y"'],
    name: "a.b=1,c=y",
  });
});

test("names are valid folder names and unique among points", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.boolean(), fc.array(fc.integer()));
  expect(new Set(gridPoints([{ path: "x", values: [1, "1", true, "true", null, "null"] }]).map(({ name }) => name)).size).toBe(6);
  const key = (each: unknown) => JSON.stringify(each);
  fc.assert(
    fc.property(fc.uniqueArray(value, { minLength: 1, maxLength: 8, selector: key }), (values) => {
      const axes: GridAxis[] = [{ path: "model.x", values }];
      const names = gridPoints(axes).map(({ name }) => name);
      expect(new Set(names).size).toBe(values.length);
      for (const name of names) expect(name).toMatch(/^[\w.,=+-]{1,140}$/u);
    }),
  );
});

test("one setting on two axes and an oversized grid are refused", () => {
  expect(() => gridPoints([parseAxis("a=1"), parseAxis("a=2")])).toThrow("this setting is given twice");
  const axis = (path: string): GridAxis => ({ path, values: Array.from({ length: 200 }, (_, index) => index) });
  expect(() => gridPoints([axis("a"), axis("b")])).toThrow("the grid has 40000 points");
});
