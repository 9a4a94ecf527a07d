import { expect, test } from "vitest";
import { Catalogue } from "./catalogue.ts";

const square = { name: "square", sides: 4 };

test("lists in the order of registering, and finds by name", () => {
  const shapes = new Catalogue("shape", [square]);
  const triangle = shapes.register({ name: "triangle", sides: 3 });
  expect(shapes.names).toEqual(["square", "triangle"]);
  expect([...shapes]).toEqual([square, triangle]);
  expect(shapes.get("triangle")).toBe(triangle);
  expect(shapes.find("circle")).toBeUndefined();
  expect([shapes.has("square"), shapes.has("circle"), shapes.size]).toEqual([true, false, 2]);
});

test("registering the same thing twice changes nothing, another of its name is refused", () => {
  const shapes = new Catalogue("shape", [square]);
  expect(shapes.register(square)).toBe(square);
  expect(shapes.size).toBe(1);
  expect(() => shapes.register({ name: "square", sides: 5 })).toThrow("a shape called square is already registered");
});

test("an unknown name is an error that lists the known ones", () => {
  const shapes = new Catalogue("shape", [square]);
  expect(() => shapes.get("toString")).toThrow("there is no shape called toString");
  expect(() => shapes.get("circle")).toThrowError(expect.objectContaining({ hint: expect.stringContaining("square") as string }));
});
