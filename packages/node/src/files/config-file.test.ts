import { join, resolve } from "node:path";
import { ConfigError } from "@weft-nlp/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf, parseConfig, printConfig } from "./config-file.ts";

const schema = z.strictObject({
  seed: z.number().int().min(0).default(1),
  data: z.strictObject({ train: z.string(), files: z.array(z.string()).default([]) }),
  model: z.discriminatedUnion("name", [
    z.strictObject({
      name: z.literal("rin"),
      rounds: z.number().int().default(4),
      inputs: z
        .strictObject({ characters: z.union([z.strictObject({ size: z.number().default(9) }), z.literal("off")]) })
        .optional(),
    }),
    z.strictObject({ name: z.literal("tagger"), width: z.number().default(100) }),
  ]),
  training: z
    .strictObject({ epochs: z.number().int().min(1).default(10), select: z.enum(["strict", "exact"]).default("strict") })
    .prefault({}),
});

const good = "data:\n  train: corpus/train.jsonl\nmodel:\n  name: rin\n";

function failure(text: string, overrides: readonly string[] = []): ConfigError {
  try {
    parseConfig(text, "conf/weft.yaml", schema, overrides);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("expected a ConfigError");
}

test("defaults are filled in, and the printed configuration reads back the same", () => {
  const { value } = parseConfig(good, "weft.yaml", schema);
  expect(value).toEqual({
    seed: 1,
    data: { train: "corpus/train.jsonl", files: [] },
    model: { name: "rin", rounds: 4 },
    training: { epochs: 10, select: "strict" },
  });
  const printed = printConfig(value, "made by a test");
  expect(printed).toMatch(/^# made by a test\nseed: 1\n/);
  expect(parseConfig(printed, "weft.yaml", schema).value).toEqual(value);
});

test("overrides reach into maps and lists, and their values are YAML", () => {
  const text = `${good}  rounds: 2\n`;
  const set = ["training.epochs=3", "model.rounds=7", "data.files=[a, b]", "data.files[1]=c d", "data.files.2=e", "seed=5"];
  expect(parseConfig(text, "weft.yaml", schema, set).value).toMatchObject({
    seed: 5,
    data: { files: ["a", "c d", "e"] },
    model: { rounds: 7 },
    training: { epochs: 3 },
  });
});

test("relative paths start from the file's folder, those after --set from the working folder", () => {
  const config = parseConfig(good, "conf/weft.yaml", schema, ["data.files=[x.jsonl]"]);
  expect(config.resolvePath(config.value.data.train, ["data", "train"])).toBe(resolve("conf/corpus/train.jsonl"));
  expect(config.resolvePath("x.jsonl", ["data", "files", 0])).toBe(resolve("x.jsonl"));
  expect(config.resolvePath(join(resolve("/"), "abs"), ["data", "train"])).toBe(join(resolve("/"), "abs"));
});

test.each<[string, string, string, string | undefined]>([
  [
    "a misspelt name",
    `${good}trainig:\n  epochs: 3\n`,
    "conf/weft.yaml:5:1 trainig: there is no setting of this name (SETTING_UNKNOWN)",
    "did you mean training?",
  ],
  [
    "a misspelt name among settings that may be switched off as well",
    `${good}  inputs:\n    characters: { sise: 3 }\n`,
    "conf/weft.yaml:6:19 model.inputs.characters.sise: there is no setting of this name (SETTING_UNKNOWN)",
    "did you mean size?",
  ],
  [
    "a value of the wrong kind there",
    `${good}  inputs:\n    characters: { size: wide }\n`,
    "conf/weft.yaml:6:25 model.inputs.characters.size: expected a number, found wide (SETTING_INVALID)",
    undefined,
  ],
  [
    "a value that is neither settings nor off",
    `${good}  inputs:\n    characters: 3\n`,
    "conf/weft.yaml:6:17 model.inputs.characters: expected a map of settings or off, found 3 (SETTING_INVALID)",
    undefined,
  ],
  [
    "a setting that has moved",
    `${good}  wordSize: 50\n`,
    "conf/weft.yaml:5:3 model.wordSize: this setting has moved (SETTING_UNKNOWN)",
    "it is now model.inputs.words.size",
  ],
  [
    "a misspelt name in a union",
    `${good}  roundz: 3\n`,
    "conf/weft.yaml:5:3 model.roundz: there is no setting of this name (SETTING_UNKNOWN)",
    "did you mean rounds?",
  ],
  [
    "a name that resembles no setting",
    `${good}training: { colour: red }\n`,
    "conf/weft.yaml:5:13 training.colour: there is no setting of this name (SETTING_UNKNOWN)",
    "training has epochs, select",
  ],
  [
    "the wrong type",
    `${good}training:\n  epochs: three\n`,
    "conf/weft.yaml:6:11 training.epochs: expected a number, found three (SETTING_INVALID)",
    undefined,
  ],
  [
    "a fraction",
    `seed: 1.5\n${good}`,
    "conf/weft.yaml:1:7 seed: expected a whole number, found 1.5 (SETTING_INVALID)",
    undefined,
  ],
  [
    "a value that is too small",
    `${good}training: {epochs: 0}\n`,
    "conf/weft.yaml:5:20 training.epochs: expected a number of at least 1, found 0 (SETTING_INVALID)",
    undefined,
  ],
  [
    "a misspelt value",
    `${good}training: {select: strickt}\n`,
    "conf/weft.yaml:5:20 training.select: expected one of strict, exact, found strickt (SETTING_INVALID)",
    "did you mean strict?",
  ],
  [
    "a model that does not exist",
    "data: {train: a}\nmodel:\n  name: rim\n",
    "conf/weft.yaml:3:9 model.name: expected one of rin, tagger, found rim (SETTING_INVALID)",
    "did you mean rin?",
  ],
  [
    "a list item",
    "data:\n  train: a\n  files:\n    - b\n    - 3\nmodel: {name: rin}\n",
    "conf/weft.yaml:5:7 data.files[1]: expected text, found 3 (SETTING_INVALID)",
    undefined,
  ],
  [
    "a missing setting",
    "data: {}\nmodel: {name: rin}\n",
    "conf/weft.yaml:1:7 data.train: this setting is missing; expected text (SETTING_INVALID)",
    undefined,
  ],
  [
    "an empty file",
    "",
    "conf/weft.yaml:1:1 data: this setting is missing; expected a map of settings (SETTING_INVALID)",
    undefined,
  ],
])("%s is reported with its place", (_, text, message, hint) => {
  const error = failure(text);
  expect(error.message).toBe(message);
  expect(error.hint).toBe(hint);
});

test.each([
  ["a: [1\n", 2],
  ["a: 1\na: 2\n", 2],
  ["a: b: c\n", 1],
  ["a: !odd 1\n", 1],
])("%j is not YAML, and the error names the line", (text, line) => {
  expect(failure(text)).toMatchObject({ code: "YAML_INVALID", at: { source: "conf/weft.yaml", line } });
});

test("a reference to nothing is an error, not a crash", () => {
  expect(failure("a: *none\n").code).toBe("YAML_INVALID");
});

test("faults in an override name the override", () => {
  expect(failure(good, ["training.epochs=0"]).message).toBe(
    "--set training.epochs=0 training.epochs: expected a number of at least 1, found 0 (SETTING_INVALID)",
  );
  expect(failure(good, ["training.epoch=3"])).toMatchObject({ code: "SETTING_UNKNOWN", hint: "did you mean epochs?" });
  expect(failure(good, ["epochs"]).message).toBe("--set epochs: expected path=value (SETTING_INVALID)");
  expect(failure(good, ["data.train.x=1"]).message).toContain("has nothing inside");
  expect(failure(good, ["data.files[1]=1"]).code).toBe("SETTING_INVALID");
  expect(failure(good, ["a=[1"]).code).toBe("YAML_INVALID");
});

test("reports all faults at once, in the order of the file", () => {
  const error = failure("seed: x\ndata: {train: 1}\nmodel: {name: rin, rond: 1}\n");
  expect(error.at?.path).toBe("seed");
  const { errors } = error.cause as AggregateError;
  expect(errors.map((each: ConfigError) => each.at?.path)).toEqual(["data.train", "model.rond"]);
});

test("the schema for editors knows the names and where they are required", () => {
  expect(jsonSchemaOf(schema, "Weft")).toMatchObject({
    title: "Weft",
    properties: { training: { properties: { epochs: { minimum: 1 } } } },
    required: ["data", "model"],
    additionalProperties: false,
  });
});
