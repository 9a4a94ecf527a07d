import { readFileSync } from "node:fs";
import { type TripleFormat, tripleColumns } from "@weft-nlp/core/triples";
import { tripleFormats } from "@weft-nlp/node";
import { expect, test } from "vitest";
import { replaceGenerated } from "../../scripts/generated-docs.mjs";

const page = readFileSync(new URL("../../docs/triples.md", import.meta.url), "utf8");

test("docs/triples.md matches the declaration of every triple format", () => {
  expect(page).toBe(replaceGenerated(page, "triple formats", formatTable()));
});

test("docs/triples.md names the columns of tables in their order", () => {
  const names = Object.keys(tripleColumns).map((name) => `\`${name}\``);
  expect(page.replace(/\s+/g, " ")).toContain(`${names.join(", ")}.`);
});

function formatTable(): string {
  const all: readonly TripleFormat[] = Object.values(tripleFormats);
  const rows = all.map(({ name, extension, files = [], mediaType, holds, describe }) => {
    const where = extension === "" ? `folder: ${files.map((file) => `\`${file}\``).join(", ")}` : `\`${extension}\``;
    return `| \`${name}\` | ${where} | ${describe} | ${holds} | \`${mediaType}\` |`;
  });
  return ["| `--format` | File | What it is | Keeps | Media type |", "|---|---|---|---|---|", ...rows].join("\n");
}
