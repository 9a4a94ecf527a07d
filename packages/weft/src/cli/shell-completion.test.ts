import { expect, test } from "vitest";
import { type CommandDeclaration, declareCommand } from "./declaration.ts";
import { suggest } from "./shell-completion.ts";

const declarations: readonly CommandDeclaration[] = [
  declareCommand({
    name: "score",
    group: "Data and scores",
    summary: "score things",
    arguments: { gold: { description: "" }, kind: { description: "", choices: async () => Promise.resolve(["red", "green"]) } },
    options: {
      protocol: {
        short: "p",
        value: "names",
        description: "what counts",
        suggests: async () => Promise.resolve(["strict", "surface", "exact"]),
        list: true,
      },
      anchor: { value: "word", description: "which", choices: ["last", "first"] },
      report: { value: "folder", description: "where" },
    },
    json: true,
    examples: [],
  }),
  declareCommand({
    name: "data check",
    group: "Data and scores",
    summary: "check data",
    arguments: { files: { description: "", many: true } },
    options: {},
    examples: [],
  }),
];

test.each<[string, string]>([
  ["", "score\tscore things\ndata\tinspect and prepare data\n:4\n"],
  ["sc", "score\tscore things\n:4\n"],
  ["--v", "--version\tprint the version\n:4\n"],
  ["data ", "check\tcheck data\n:4\n"],
  ["data check a.jsonl ", ":0\n"],
  ["nothing ", ":4\n"],
  ["score ", ":0\n"],
  ["score a.jsonl ", "red\t\ngreen\t\n:4\n"],
  ["score a.jsonl red ", ":4\n"],
  ["score -p strict a.jsonl g", "green\t\n:4\n"],
  ["score --pro", "--protocol\twhat counts\n:4\n"],
  ["score --anchor ", "last\t\nfirst\t\n:4\n"],
  ["score --anchor=f", "--anchor=first\t\n:4\n"],
  ["score --report ", ":0\n"],
  ["score -p s", "strict\t\nsurface\t\n:6\n"],
  ["score --protocol strict,", "strict,surface\t\nstrict,exact\t\n:6\n"],
  ["score --protocol=strict,e", "--protocol=strict,exact\t\n:6\n"],
])("after `weft %s`", async (line, expected) => {
  expect(await suggest(declarations, line.split(" "))).toBe(expected);
});
