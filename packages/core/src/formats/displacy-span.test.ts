import { expect, test } from "vitest";
import { adaDocument } from "../testing/format-documents.ts";
import { displacySpan } from "./displacy-span.ts";
import { collectText } from "./format.ts";

test("writes the documentation's example byte for byte", async () => {
  const { text, omissions } = await collectText(displacySpan.write([adaDocument()]));
  expect(text).toBe(
    '{"text":"🚀 Ada Lovelace joined Acme Corp in Paris. Acme Corp makes engines.",' +
      '"spans":[{"start_token":1,"end_token":3,"label":"PER"},{"start_token":4,"end_token":6,"label":"ORG"},' +
      '{"start_token":7,"end_token":8,"label":"LOC"},{"start_token":9,"end_token":11,"label":"ORG"}],' +
      '"tokens":["🚀","Ada","Lovelace","joined","Acme","Corp","in","Paris",".","Acme","Corp","makes","engines","."]}\n',
  );
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "relations[0]: the format has no relations",
    "relations[1]: the format has no relations",
  ]);
});

test("writes overlapping entities one after the other, the longer one first", async () => {
  const ada = { ...adaDocument(), relations: [] };
  const entities = [
    { start: 2, end: 3, type: "NAME" },
    { start: 1, end: 3, type: "PER" },
    { start: 2, end: 4, type: "X" },
  ];
  const { text, omissions } = await collectText(displacySpan.write([{ ...ada, entities }]));
  const { spans } = JSON.parse(text) as { spans: { label: string }[] };
  expect(spans.map(({ label }) => label)).toEqual(["PER", "X", "NAME"]);
  expect(omissions).toEqual([]);
});
