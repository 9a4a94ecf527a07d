import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../archive/index.ts";
import { ArchiveError } from "../errors.ts";
import { models } from "../models/index.ts";
import { eightSentences, tagged } from "../testing/example-sentences.ts";
import { vectorsOf } from "../testing/example-vectors.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { attachModel, type BuiltModel, buildModel, shareModel } from "./built-model.ts";
import type { ModelFiles } from "./model-file-names.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { readWeights } from "./weights.ts";

const made = (change: object = {}, seed = 1): BuiltModel =>
  buildModel(
    {
      name: "rin",
      settings: models.get("rin").settings.parse({
        rounds: 1,
        inputs: { words: { size: 3 }, pos: { size: 2 } },
        hiddenSize: 2,
        ...change,
      }),
      lexicon: buildLexicon(tagged(eightSentences), lexiconSettings.parse({ unknown: "shape" })),
      threshold: { lives_in: 0.25 },
    },
    { build: "baseline", seed },
  );

const files = packModel(made());
const text = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const json = (name: "config.json" | "vocab.json"): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(files[name])) as Record<string, unknown>;

test("a model comes back from its files: settings, labels, words, threshold and weights", () => {
  const built = made();
  const back = unpackModel(files, "m", { build: "baseline", seed: 99 });
  expect(back.description).toEqual(built.description);
  expect(readWeights(back.store)).toEqual(readWeights(built.store));
  expect(packModel(back)).toEqual(files);
  expect(packModel(made({}, 2))["model.safetensors"]).not.toEqual(files["model.safetensors"]);
});

test("a model remembers how text becomes words, and one that splits them does not open in older versions", () => {
  const { description } = made();
  const [plain, split] = [{ newlines: "hard", split: [] } as const, { newlines: "auto", split: ["units"] } as const].map(
    (rules) => packModel(buildModel({ ...description, text: rules }, { build: "baseline" })),
  ) as [ModelFiles, ModelFiles];
  expect(unpackModel(split, "m", { build: "baseline" }).description.text).toEqual({ newlines: "auto", split: ["units"] });
  expect(unpackModel(plain, "m", { build: "baseline" }).description.text).toEqual({ newlines: "hard", split: [] });
  const versionOf = (packed: ModelFiles): unknown =>
    (JSON.parse(new TextDecoder().decode(packed["config.json"])) as { version: unknown }).version;
  expect([versionOf(plain), versionOf(split)]).toEqual([2, 3]);
});

test("the files follow the common convention: readable JSON, and weights named by parameter path", () => {
  expect(json("config.json")).toMatchObject({ format: "weft-model", version: 2, model: { name: "rin", rounds: 1 } });
  const { tensors, metadata } = readSafetensors(files["model.safetensors"], "m");
  expect(metadata).toEqual({ format: "weft-model" });
  expect([...tensors.keys()]).toEqual(expect.arrayContaining(["rin/word/weight", "rin/encoder/forward/bias", "rin/tag/weight"]));
});

test("another thread shares the weights in the same memory", () => {
  const built = made();
  const shared = shareModel(built);
  const attached = attachModel({ ...structuredClone({ ...shared, memory: null }), memory: shared.memory });
  const table = built.store.get("rin/word/weight");
  built.store.write(table, new Float32Array(table.rows * 3).fill(7));
  expect(readWeights(attached.store)).toEqual(readWeights(built.store));
});

describe("a model with word vectors", () => {
  const vectors = vectorsOf(["Oslo", "Reykjavik"], 3);
  const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}), {}, vectors);
  const { description } = made();
  const built = buildModel({ ...description, settings: { ...description.settings }, lexicon }, { build: "baseline", seed: 1 });
  const whole = packModel(built);

  test("has them in a file of its own, and is of a version that older Wefts refuse", () => {
    expect(whole["vectors.bin"]).toEqual(vectors.bytes());
    expect(new TextDecoder().decode(whole["config.json"])).toContain('"version": 3');
    const back = unpackModel(whole, "m", { build: "baseline" });
    expect(packModel(back)).toEqual(whole);
    expect(back.description.lexicon.words.indexOf("Reykjavik")).toBe(lexicon.words.size + 1);
  });

  test("shares them with another thread", () => {
    const shared = shareModel(built);
    const attached = attachModel({ ...shared, lexicon: structuredClone(shared.lexicon) });
    expect(attached.description.lexicon.words.vectors?.share().buffer).toBe(vectors.share().buffer);
  });

  test.each<[string, ModelFiles, string]>([
    ["that are missing", { ...whole, "vectors.bin": undefined }, "m/vocab.json: the words need the vectors"],
    ["of another model", { ...whole, "vectors.bin": vectorsOf(["Oslo"], 3).bytes() }, "m/vocab.json: the words need the vectors"],
    ["cut off", { ...whole, "vectors.bin": whole["vectors.bin"]?.slice(0, -3) }, "m/vectors.bin: "],
    ["that are none", { ...whole, "vectors.bin": text("{}") }, "m/vectors.bin: the file is not a compact set"],
  ])("vectors %s are refused", (_, broken, message) => {
    expect(() => unpackModel(broken, "m")).toThrow(message);
    expect(() => unpackModel(broken, "m")).toThrow(ArchiveError);
  });

  test("vectors of another width than the model's are refused", () => {
    const narrow = vectorsOf(["Oslo"], 2);
    const other = buildLexicon(eightSentences, lexiconSettings.parse({}), {}, narrow);
    const broken = { ...whole, "vocab.json": text(other), "vectors.bin": narrow.bytes() };
    expect(() => unpackModel(broken, "m")).toThrow("m/vectors.bin: the vectors have 2 dimensions, but the word table has 3");
  });

  test("a model without vectors ignores a file of some", () => {
    expect(packModel(unpackModel({ ...files, "vectors.bin": vectors.bytes() }, "m", { build: "baseline" }))).toEqual(files);
  });
});

const changed = (change: Partial<ModelFiles>): ModelFiles => ({ ...files, ...change });
const { model, ...config } = json("config.json");

test.each<[string, ModelFiles, string, string]>([
  ["no JSON", changed({ "config.json": text("{") }), "m/config.json", "expected a name in double quotes or }"],
  ["no UTF-8", changed({ "config.json": Uint8Array.of(0xff, 0xfe) }), "m/config.json", "not UTF-8"],
  ["another format", changed({ "config.json": text({ ...config, model, format: "bert" }) }), "m/config.json", ""],
  ["a later version", changed({ "config.json": text({ ...config, model, version: 4 }) }), "m/config.json", "versions up to 3"],
  ["no version", changed({ "config.json": text({ ...config, model, version: "two" }) }), "m/config.json", "version"],
  ["no model", changed({ "config.json": text(config) }), "m/config.json", ""],
  [
    "an unknown model",
    changed({ "config.json": text({ ...config, model: { name: "__proto__" } }) }),
    "m/config.json",
    "there is no model called __proto__",
  ],
  [
    "an unknown setting",
    changed({ "config.json": text({ ...config, model: { ...(model as object), depth: 3 } }) }),
    "m/config.json",
    "depth",
  ],
  ["a threshold that is text", changed({ "config.json": text({ ...config, model, threshold: "high" }) }), "m/config.json", ""],
  ["no vocabulary", changed({ "vocab.json": text({}) }), "m/vocab.json", "missing"],
  [
    "a vocabulary of another scheme",
    changed({ "vocab.json": text({ ...json("vocab.json"), scheme: "iob" }) }),
    "m/vocab.json",
    "bio, bioes or bilou",
  ],
  [
    "one relation fewer",
    changed({ "vocab.json": text({ ...json("vocab.json"), relations: ["a", "b", "c"] }) }),
    "m/model.safetensors",
    "the model needs",
  ],
  [
    "no weights",
    changed({ "model.safetensors": writeSafetensors({ tensors: new Map(), metadata: {} }) }),
    "m/model.safetensors",
    "lacks this parameter",
  ],
  [
    "weights of a wider model",
    changed({ "model.safetensors": packModel(made({ hiddenSize: 3 }))["model.safetensors"] }),
    "m/model.safetensors",
    "the model needs",
  ],
])("%s is refused with the file's name", (_, broken, source, message) => {
  let error: unknown;
  try {
    unpackModel(broken, "m", { build: "baseline" });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ArchiveError);
  expect(error).toMatchObject({ code: "ARCHIVE_INVALID", at: { source } });
  expect((error as ArchiveError).summary).toContain(message);
});
