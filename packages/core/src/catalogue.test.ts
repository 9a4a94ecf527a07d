import { expect, test } from "vitest";
import { z } from "zod";
import { Catalogue, schemaFrom } from "./catalogue.ts";

const square = { name: "square", sides: 4 };

test("lists definitions in order of registration and finds them by name", () => {
  const shapes = new Catalogue("shape", [square]);
  const triangle = shapes.register({ name: "triangle", sides: 3 });
  expect(shapes.names).toEqual(["square", "triangle"]);
  expect([...shapes]).toEqual([square, triangle]);
  expect(shapes.get("triangle")).toBe(triangle);
  expect(shapes.find("circle")).toBeUndefined();
  expect([shapes.has("square"), shapes.has("circle"), shapes.size]).toEqual([true, false, 2]);
});

test("accepts the same definition twice and refuses another with its name", () => {
  const shapes = new Catalogue("shape", [square]);
  expect(shapes.register(square)).toBe(square);
  expect(shapes.size).toBe(1);
  expect(() => shapes.register({ name: "square", sides: 5 })).toThrow("a shape called square is already registered");
});

test("rejects an unknown name and lists the known ones", () => {
  const shapes = new Catalogue("shape", [square]);
  expect(() => shapes.get("toString")).toThrow("there is no shape called toString");
  expect(() => shapes.get("circle")).toThrowError(expect.objectContaining({ hint: expect.stringContaining("square") as string }));
});

test("a schema from a catalogue follows what is registered later, in checks and as JSON Schema", () => {
  const shapes = new Catalogue("shape", [square]);
  const schema = z.object({
    shape: schemaFrom(shapes, () => z.enum(shapes.names))
      .prefault("square")
      .describe("which shape"),
  });
  expect(schema.parse({})).toEqual({ shape: "square" });
  expect(schema.safeParse({ shape: "circle" }).success).toBe(false);
  shapes.register({ name: "circle", sides: 0 });
  expect(schema.parse({ shape: "circle" })).toEqual({ shape: "circle" });
  expect(JSON.stringify(z.toJSONSchema(schema))).toContain('"enum":["square","circle"]');
});
