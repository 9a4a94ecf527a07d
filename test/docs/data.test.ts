import { readFileSync } from "node:fs";
import { problemCodes } from "@weft-nlp/core/corpus";
import { expect, test } from "vitest";
import { errorTable, replaceGenerated } from "../../scripts/generated-docs.mjs";

const page = readFileSync(new URL("../../docs/data.md", import.meta.url), "utf8");

test("docs/data.md lists every problem of a check with its meaning", () => {
  expect(page).toBe(replaceGenerated(page, "problems", errorTable(problemCodes)));
});
