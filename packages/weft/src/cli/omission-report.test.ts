import { expect, test } from "vitest";
import { OmissionReport } from "./omission-report.ts";

const plain = (_: unknown, text: string): string => text;

test("groups omissions of one kind, the largest group first, with their first places", () => {
  const report = new OmissionReport();
  report.add({ source: "a.ann", line: 9, path: "*", reason: "Weft has no equivalence of mentions" });
  for (let line = 1; line <= 1200; line++) {
    report.add({
      source: "a.jsonl",
      line,
      path: `d${line} entities[${line}].type`,
      reason: `the format does not allow this type name; "a ${line}" is written as "a_${line}"`,
    });
  }
  expect(report.total).toBe(1201);
  expect(report.print(plain)).toBe(`1,201 things could not be carried over:
  1,200  entities[].type: the format does not allow this type name; "a 1" is written as "a_1"
         a.jsonl:1 d1 entities[1].type
         a.jsonl:2 d2 entities[2].type
         a.jsonl:3 d3 entities[3].type
         and 1,197 more
      1  *: Weft has no equivalence of mentions
         a.ann:9 *`);
  const [first, second] = report.toJson();
  expect(first).toMatchObject({ what: "entities[].type", count: 1200 });
  expect(first?.places).toHaveLength(100);
  expect(second?.places).toEqual([{ source: "a.ann", line: 9, column: undefined, path: "*" }]);
});

test("the same reason for another part of a document is another group", () => {
  const report = new OmissionReport();
  report.add({ source: "a.ann", line: 1, path: "T12", reason: "no" });
  report.add({ source: "a.ann", line: 2, path: "T7", reason: "no" });
  report.add({ source: "a.ann", line: 3, path: "R7", reason: "no" });
  expect(report.toJson().map(({ what, count }) => `${what} ${count}`)).toEqual(["T 2", "R 1"]);
});
