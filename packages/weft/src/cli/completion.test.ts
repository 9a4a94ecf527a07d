import { Argument, Option } from "commander";
import { expect, test } from "vitest";
import { type CommandDefinition, defineCommand } from "./command.ts";
import { suggest } from "./completion.ts";
import { buildProgram } from "./program.ts";

const definitions: readonly CommandDefinition[] = [
  defineCommand({
    name: "score",
    group: "Data and scores",
    summary: "score things",
    arguments: [new Argument("<gold>", ""), new Argument("<kind>", "").choices(["red", "green"])],
    options: [
      new Option("-p, --protocol <names>", "what counts"),
      new Option("--anchor <word>", "which").choices(["last", "first"]),
    ],
    json: true,
    listValues: { protocol: () => ["strict", "surface", "exact"] },
    examples: [],
    run: async () => Promise.resolve(),
  }),
  defineCommand({
    name: "data check",
    group: "Data and scores",
    summary: "check data",
    arguments: [new Argument("<file...>", "")],
    options: [],
    examples: [],
    run: async () => Promise.resolve(),
  }),
];
const program = buildProgram(definitions, "1.0.0", async () => Promise.resolve());

test.each<[string, string]>([
  ["", "score\tscore things\ndata\tlook at data\n:4\n"],
  ["sc", "score\tscore things\n:4\n"],
  ["data ", "check\tcheck data\n:4\n"],
  ["data check a.jsonl ", ":0\n"],
  ["score ", ":0\n"],
  ["score a.jsonl ", "red\t\ngreen\t\n:4\n"],
  ["score -p strict a.jsonl g", "green\t\n:4\n"],
  ["score --pro", "--protocol\twhat counts\n:4\n"],
  ["score --anchor ", "last\t\nfirst\t\n:4\n"],
  ["score --anchor=f", "--anchor=first\t\n:4\n"],
  ["score -p s", "strict\t\nsurface\t\n:6\n"],
  ["score --protocol strict,", "strict,surface\t\nstrict,exact\t\n:6\n"],
  ["score --protocol=strict,e", "--protocol=strict,exact\t\n:6\n"],
])("behind `weft %s`", (line, expected) => {
  expect(suggest(program, definitions, line.split(" "))).toBe(expected);
});
