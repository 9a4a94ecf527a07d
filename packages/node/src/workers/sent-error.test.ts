import { DataError, WeftError } from "@weft-nlp/core";
import { expect, test } from "vitest";
import { FileError } from "../errors.ts";
import { receivedError, sentError } from "./sent-error.ts";

const at = { source: "a.jsonl", line: 3 };

/** The error as it arrives in another thread. */
const across = (error: unknown): Error => receivedError(structuredClone(sentError(error)));

test("Weft's errors keep their class in another thread", () => {
  const data = new DataError("JSON_INVALID", { at, message: "expected a value", hint: "look" });
  expect(across(data)).toBeInstanceOf(WeftError);
  expect(across(data)).toMatchObject({ code: "JSON_INVALID", at, hint: "look", message: data.message });
  const file = new FileError("FILE_MISSING", { at, message: "it is gone" });
  expect(across(file)).toBeInstanceOf(WeftError);
  expect(across(file)).toMatchObject({ code: "FILE_MISSING", at, message: file.message });
});

test("other errors keep their code, and values that are not errors can be sent", () => {
  const foreign = Object.assign(new RangeError("no room"), { code: "MEMORY_EXHAUSTED", handle: () => undefined });
  expect(across(foreign)).toMatchObject({ name: "RangeError", message: "no room", code: "MEMORY_EXHAUSTED" });
  expect("code" in across(new RangeError("x"))).toBe(false);
  expect(across("only words").message).toBe("only words");
});
