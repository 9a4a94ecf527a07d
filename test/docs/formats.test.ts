import { readFileSync } from "node:fs";
import { formats, type OutputFormat, outputFormats } from "@weft/core";
import { expect, test } from "vitest";
import { replaceGenerated } from "../../scripts/generated-docs.mjs";

const page = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");

test("docs/formats.md says of every format what the format says of itself", () => {
  expect(page).toBe(replaceGenerated(replaceGenerated(page, "formats", formatTable()), "capacities", capacityTable()));
});

test("docs/formats.md explains every format", () => {
  const headings = [...page.matchAll(/^### `([^`]+)`(?:, `([^`]+)`)?/gm)].flatMap(([, ...names]) => names.filter(Boolean));
  expect(headings.toSorted()).toEqual(Object.keys(outputFormats).toSorted());
});

function formatTable(): string {
  const rows = Object.values(outputFormats).map(({ name, title, extensions, companions = [], layout, holds }) => [
    `\`${name}\``,
    title,
    name in formats ? "reads and writes" : "writes",
    [layout === "folder" ? "folder:" : "", ...extensions.map((each) => `\`${each}\``)].join(" ").trim(),
    companions.map((each) => `\`${each}\``).join(", "),
    holds.record,
    holds.offsets,
  ]);
  return table(["Name", "Format", "Weft", "Files", "Files beside", "Record", "A mention is placed by"], rows);
}

function capacityTable(): string {
  const yes = (value: boolean): string => (value ? "✓" : "");
  const row = ({ name, holds }: OutputFormat): string[] => [
    `\`${name}\``,
    holds.entities === "in relations" ? "in relations" : holds.lastWords ? "last word" : "✓",
    holds.entityTypes,
    yes(holds.relations),
    yes(holds.crossSentence && holds.record === "document"),
    yes(holds.overlapping),
    holds.duplicates ? "✓" : holds.oneTypeASpan ? "one type a span" : "",
    yes(holds.discontinuous),
    ...[holds.confidence, holds.text, holds.tokens, holds.ids, holds.pos, holds.metadata].map(yes),
  ];
  const head = ["Name", "Entities", "Types", "Relations", "Across sentences", "Overlapping", "Twice", "In pieces", "Confidence"];
  return table([...head, "Text", "Tokens", "Ids", "Parts of speech", "Other fields"], Object.values(outputFormats).map(row));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
