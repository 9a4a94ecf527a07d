import { readFileSync } from "node:fs";
import { inputFormats, outputFormats } from "@weft-nlp/core/formats";
import { expect, test } from "vitest";
import { capacityTable, formatTable } from "../../scripts/format-tables.mjs";
import { replaceGenerated } from "../../scripts/generated-docs.mjs";

const page = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");

test("docs/formats.md matches the declaration of every format", () => {
  const formats = replaceGenerated(page, "formats", formatTable(inputFormats, outputFormats));
  expect(page).toBe(replaceGenerated(formats, "capacities", capacityTable(inputFormats, outputFormats)));
});

test("docs/formats.md explains every format", () => {
  const headings = [...page.matchAll(/^### `([^`]+)`(?:, `([^`]+)`)?/gm)].flatMap(([, ...names]) => names.filter(Boolean));
  expect(headings.toSorted()).toEqual([...new Set([...inputFormats.names, ...outputFormats.names])].toSorted());
});
