import { ConfigError, DataError } from "@weft-nlp/core";
import { UsageError } from "@weft-nlp/node/errors";
import { ShapeError } from "@weft-nlp/tensor";
import { afterEach, expect, test, vi } from "vitest";
import { describeFailure, printFailure } from "./failure.ts";

const plain = (_: unknown, text: string): string => text;
afterEach(() => vi.unstubAllEnvs());

test("an error is printed as place, sentence, code and hint, without a stack", () => {
  const at = { source: "a.jsonl", line: 2, column: 7, path: "entities[0].end" };
  const error = new DataError("SPAN_OUTSIDE", { at, message: "end is 9, but this sentence has 3 tokens", hint: "count from 0" });
  expect(printFailure(error, plain)).toBe(
    "a.jsonl:2:7 entities[0].end: end is 9, but this sentence has 3 tokens (SPAN_OUTSIDE)\n  → count from 0",
  );
});

test("all faults of one run are printed", () => {
  const others = [new ConfigError("SETTING_UNKNOWN", { message: "second" })];
  const error = new ConfigError("SETTING_INVALID", { message: "first", cause: new AggregateError(others) });
  expect(printFailure(error, plain)).toBe("first (SETTING_INVALID)\nsecond (SETTING_UNKNOWN)");
  expect(describeFailure(error).others).toMatchObject([{ code: "SETTING_UNKNOWN", message: "second" }]);
});

test("distinguishes errors of every package from defects", () => {
  expect(describeFailure(new ShapeError("3 is not 4"))).toMatchObject({ code: "SHAPE_MISMATCH", message: "3 is not 4" });
  expect(describeFailure(new UsageError("no"))).toMatchObject({ code: "USAGE_INVALID", message: "no" });
  expect(describeFailure(new TypeError("x is undefined"))).toMatchObject({
    code: "INTERNAL",
    message: "something went wrong inside Weft: TypeError: x is undefined",
  });
});

test("WEFT_DEBUG=1 shows the stack, and those of the causes", () => {
  vi.stubEnv("WEFT_DEBUG", "1");
  const text = printFailure(new UsageError("no", undefined, { cause: new RangeError("below") }), plain);
  expect(text).toMatch(/failure\.test\.ts/);
  expect(text).toContain("caused by RangeError: below");
});
