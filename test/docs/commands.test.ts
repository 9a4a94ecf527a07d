import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commands } from "../../packages/weft/src/cli/commands/index.ts";
import { commandSections } from "../../scripts/command-tables.mjs";
import { replaceGenerated } from "../../scripts/generated-docs.mjs";

const page = readFileSync(new URL("../../docs/commands.md", import.meta.url), "utf8");
const declarations = commands.map(({ declaration }) => declaration);

test("docs/commands.md matches the declaration of every command", async () => {
  expect(page).toBe(replaceGenerated(page, "commands", await commandSections(declarations)));
});

test("docs/commands.md has a section for every command", () => {
  const headings = [...page.matchAll(/^### weft (.+)$/gm)].map(([, name = ""]) => name);
  expect(headings.toSorted()).toEqual(declarations.map(({ name }) => name).toSorted());
});
