import { InvalidArgumentError } from "commander";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type Command, command } from "./command.ts";
import { commands } from "./commands/index.ts";
import { allOptions, type CommandDeclaration, declareCommand, flagOf, type InputOf, usageOf } from "./declaration.ts";
import { buildProgram, divertOutput } from "./program.ts";

const paint = declareCommand({
  name: "paint",
  group: "Other",
  summary: "paint things",
  details: "With a brush.",
  arguments: { wall: { description: "which" }, colours: { description: "of what", many: true, optional: true } },
  options: {
    coats: {
      value: "n",
      description: "how many",
      parse: (text: string): number => {
        if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number");
        return Number(text);
      },
      default: async () => Promise.resolve(2),
    },
    brush: { value: "kind", description: "with what", choices: ["flat", "round"] },
    dryFor: { value: "hours", description: "rest", defaultWords: "one night" },
    addWater: { short: "w", description: "thin it" },
    tape: { description: "no tape", negated: true },
    hole: { value: "place", description: "skip", many: "once each" },
    name: { value: "name", description: "who", many: "several each" },
  },
  json: true,
  exitCodes: { 1: "the wall is wet" },
  examples: [["weft paint north", "one wall"]],
});

test("a handler's input has the types that the declaration implies", () => {
  expectTypeOf<InputOf<typeof paint>>().toEqualTypeOf<
    { readonly wall: string; readonly colours: readonly string[] } & {
      readonly coats: number;
      readonly brush: "flat" | "round" | undefined;
      readonly dryFor: string | undefined;
      readonly addWater: boolean;
      readonly tape: boolean;
      readonly hole: readonly string[];
      readonly name: readonly string[];
    }
  >();
  const schema = declareCommand({
    name: "schema",
    group: "Other",
    summary: "",
    arguments: { what: { description: "", choices: ["one", "two"], default: "one" }, file: { description: "", optional: true } },
    options: { out: { value: "folder", description: "", required: true } },
    examples: [],
  });
  expectTypeOf<InputOf<typeof schema>>().toEqualTypeOf<
    { readonly what: "one" | "two"; readonly file: string | undefined } & { readonly out: string }
  >();
});

/** What the command receives, or commander's error, or the help. */
async function given(...args: string[]): Promise<unknown> {
  let received: unknown;
  const program = buildProgram(
    [command(paint, async () => Promise.resolve({ run: async () => Promise.resolve() }))],
    "1.2.3",
    async (_, input) => {
      received = input;
      return Promise.resolve();
    },
  );
  let help = "";
  divertOutput(program, (text) => (help += text));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    return help === "" ? error : help;
  }
  return received;
}

const nothing = { colours: [], coats: 2, brush: undefined, dryFor: undefined, addWater: false, tape: true, hole: [], name: [] };

test.each<[string, object]>([
  ["paint north", { ...nothing, wall: "north", json: false, quiet: false }],
  [
    "paint north red blue -w --no-tape --json -q",
    { ...nothing, wall: "north", colours: ["red", "blue"], addWater: true, tape: false, json: true, quiet: true },
  ],
  [
    "paint --name a b --hole x --hole=y --coats 3 -- north",
    { ...nothing, wall: "north", name: ["a", "b"], hole: ["x", "y"], coats: 3, json: false, quiet: false },
  ],
  ["paint north --brush flat --dry-for 3", { ...nothing, wall: "north", brush: "flat", dryFor: "3", json: false, quiet: false }],
])("weft %s", async (line, expected) => {
  expect(await given(...line.split(" "))).toEqual(expected);
});

test.each([
  ["paint", "missing required argument 'wall'"],
  ["paint north --brush wide", "Allowed choices are flat, round."],
  ["paint north --coats many", "expected a number"],
  ["paint north --coat 3", "(Did you mean --coats?)"],
])("weft %s is refused", async (line, message) => {
  expect(await given(...line.split(" "))).toMatchObject({ message: expect.stringContaining(message) as string });
});

test("help shows everything declared, and resolves lazy values", async () => {
  expect(await given("paint", "--help")).toBe(`Usage: weft paint [options] <wall> [colours...]

Paint things.

With a brush.

Arguments:
  wall               which
  colours            of what

Options:
  --coats <n>        how many (default: 2)
  --brush <kind>     with what (choices: "flat", "round")
  --dry-for <hours>  rest (default: one night)
  -w, --add-water    thin it
  --no-tape          no tape
  --hole <place>     skip
  --name <name...>   who
  --json             print JSON, and errors as JSON on standard error
  -q, --quiet        print only results and errors
  -h, --help         explain this command

Examples:
  weft paint north
      one wall

Exit codes:
  1  the wall is wet
`);
});

describe.each(commands.map((each: Command): [string, CommandDeclaration] => [each.declaration.name, each.declaration]))(
  "weft %s",
  (name, declaration) => {
    test("its input has one value per key, and each flag belongs to one option", () => {
      const options = Object.entries(allOptions(declaration));
      expect(Object.keys(declaration.arguments).filter((key) => options.some(([other]) => other === key))).toEqual([]);
      const flags = options.flatMap(([key, each]) => [flagOf(key, each), ...(each.short === undefined ? [] : [each.short])]);
      expect(new Set(flags).size).toBe(flags.length);
      expect(flags.filter((flag) => ["--help", "h"].includes(flag))).toEqual([]);
    });

    test("its help fits 100 columns, and describes every option", async () => {
      let help = "";
      const program = buildProgram(commands, "1.0.0", async () => Promise.resolve());
      divertOutput(program, (text) => (help += text));
      await expect(program.parseAsync([...name.split(" "), "--help"], { from: "user" })).rejects.toThrow("(outputHelp)");
      expect(help.split("\n").filter((line) => line.length > 100)).toEqual([]);
      for (const [key, each] of Object.entries(declaration.options)) expect(help).toContain(usageOf(key, each));
      expect(help).not.toMatch(/where left out|anew|nobody|whoever|\btold\b|goes on|go on with/);
    });
  },
);
