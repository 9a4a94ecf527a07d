import fc from "fast-check";
import { expect, test } from "vitest";
import { checkBase, documentName, entityName, mentionName, statementName } from "./names.ts";
import { RecentSet } from "./recent-set.ts";
import type { Mention } from "./statements.ts";

const at = (start: number, end: number, type: string | null): Mention => ({
  text: "x",
  type,
  chars: { start, end },
  sentence: 0,
});

test("names an entity by its type, if any, and its text", () => {
  expect(entityName({ text: "Ada Lovelace", type: "PER" })).toBe("entity/PER/Ada%20Lovelace");
  expect(entityName({ text: "Ada Lovelace", type: null })).toBe("entity/Ada%20Lovelace");
  expect(entityName({ text: "e\u0301", type: "a/b" })).toBe(entityName({ text: "é", type: "a/b" }));
  expect(entityName({ text: "..", type: "." })).toBe("entity/%2E/%2E%2E");
});

test("names mentions and statements by their position", () => {
  expect(mentionName("a b", at(0, 3, "PER"))).toBe("document/a%20b#0-3:PER");
  const statement = { head: at(0, 3, "PER"), relation: "works for", tail: at(7, 11, null) };
  expect(statementName("a b", statement)).toBe("document/a%20b#0-3:PER/works%20for/7-11");
});

test("different things have different names", () => {
  const text = fc.oneof(fc.constantFrom("a", "/", ":", "#", "1-2", "a/b", "a:b", "%2F", "~"), fc.string({ minLength: 1 }));
  const mention = fc.record({ start: fc.nat(9), end: fc.nat(9), type: fc.option(text) });
  const statement = fc.tuple(text, mention, text, mention);
  fc.assert(
    fc.property(statement, statement, (one, other) => {
      const name = ([document, head, relation, tail]: typeof one): string =>
        statementName(document, {
          head: at(head.start, head.end, head.type),
          relation,
          tail: at(tail.start, tail.end, tail.type),
        });
      expect(name(one) === name(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(documentName(a) === documentName(b)).toBe(a === b);
    }),
  );
});

test("a base is an absolute IRI that names can follow", () => {
  for (const base of ["https://example.org/kb/", "urn:weft:", "http://例え.jp/"]) expect(checkBase(base)).toBe(base);
  for (const base of [
    "",
    "kb/",
    "https://example.org",
    "urn:a b:",
    "http://e.org/#",
    "http://e.org/?q=/",
    "http://e.org/\n/",
    "http://e\ud800/",
  ]) {
    expect(() => checkBase(base)).toThrow("SETTING_INVALID");
  }
});

test("remembers recent strings within bounded memory", () => {
  // A generation holds two texts of 1 and 32 each.
  const said = new RecentSet(70);
  expect(["a", "b", "a", "c"].map((text) => said.add(text))).toEqual([true, true, false, true]);
  // The older generation is a and b. Requesting a keeps it; d then makes room by forgetting b.
  expect(["a", "d", "a", "c", "b"].map((text) => said.add(text))).toEqual([false, true, false, false, true]);
  const long = "x".repeat(1000);
  expect([long, long].map((text) => said.add(text))).toEqual([true, false]);
});
