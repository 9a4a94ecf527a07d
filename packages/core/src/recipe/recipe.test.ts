import { describe, expect, test } from "vitest";
import { evaluate } from "../metrics/index.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences, sentence, untyped, withLastRelations } from "../testing/example-sentences.ts";
import { parseConfig } from "../training/config.ts";
import { adviceFor } from "./advice.ts";
import { chooseRecipe, type Recipe } from "./choose-recipe.ts";
import { corpusFacts } from "./corpus-facts.ts";
import { searchCandidates, searchPlan, survivors } from "./search-plan.ts";

const repeated = (sentences: readonly Sentence[], count: number): Sentence[] =>
  Array.from({ length: count }, (_, index) => sentences[index % sentences.length] as Sentence);
const typed = repeated(withLastRelations(eightSentences), 100);
const modelOf = ({ settings }: Recipe): string => (settings["model"] as { name: string }).name;
const trainingOf = ({ settings }: Recipe): { epochs: number; batch: number } =>
  settings["training"] as { epochs: number; batch: number };

describe("the facts of a corpus", () => {
  test("count sentences, types and what overlaps", () => {
    const facts = corpusFacts(eightSentences);
    expect(facts).toMatchObject({ sentences: 8, annotated: 7, typed: true, script: "Latin", characters: false, onePair: false });
    expect(facts.relationTypes).toEqual({ works_for: 4, based_in: 2, lives_in: 2, born_in: 1 });
    expect(facts.sharedPairs).toBeCloseTo(2 / 9);
    const nested = {
      ...sentence("n", "[New York|LOC]"),
      entities: [
        { start: 0, end: 2, type: "LOC" },
        { start: 0, end: 1, type: "LOC" },
      ],
    };
    expect(corpusFacts([nested]).overlapping).toBe(0.5);
  });

  test.each<[string, string, boolean, boolean]>([
    ["The firm was sold by the owner to a rival in the city of Oslo .", "Latin", true, false],
    ["Die Firma wurde vom Besitzer an einen Rivalen verkauft .", "Latin", false, false],
    ["Фирма была продана в Осло .", "Cyrillic", false, false],
    ["清 明 是 人 们 祭 扫 先 人 的 日 子", "Han", false, true],
    ["1 2 3", "none", false, false],
  ])("tell script and language of %s", (text, script, english, characters) => {
    expect(corpusFacts([sentence("s", text)])).toMatchObject({ script, english, characters });
  });

  test("an empty corpus has facts too", () => {
    expect(corpusFacts([])).toMatchObject({
      sentences: 0,
      tokens: 0,
      script: "none",
      typed: false,
      overlapping: 0,
      sharedPairs: 0,
    });
  });
});

describe("a recipe", () => {
  test.each<[string, readonly Sentence[], object, string]>([
    ["typed entities", typed, {}, "joint-nn"],
    ["untyped entities", untyped(typed), {}, "rin"],
    ["pairs with several relations", repeated(eightSentences, 100), {}, "rin"],
    ["given entities", typed, { entities: "given" }, "bio-mtl"],
    ["one pair in every sentence", repeated([sentence("1", "[Ada|PER] joined [Acme|ORG]", "0 works_for 1")], 50), {}, "bio-mtl"],
    [
      "one pair in every sentence, to be found",
      repeated([sentence("1", "[Ada|PER] joined [Acme|ORG]", "0 works_for 1")], 50),
      { entities: "found" },
      "joint-nn",
    ],
    ["no relations", typed.map((item) => ({ ...item, relations: [] })), {}, "bilstm-tagger"],
  ])("for %s is a valid configuration of the right model", (_, sentences, options, name) => {
    const recipe = chooseRecipe(corpusFacts(sentences), options);
    expect(modelOf(recipe)).toBe(name);
    for (const { data, ...settings } of [
      { ...recipe.settings, data: {} },
      { data: {}, ...recipe.quick },
    ]) {
      const config = parseConfig({ ...settings, data: { train: "a", dev: "b", ...data } });
      expect(config.training.patience).toBeGreaterThanOrEqual(0);
    }
    for (const { choice, reason } of recipe.choices) expect(`${choice}: ${reason}`).toMatch(/^\S.*\S: \S.*\S$|^\S+: \S.*\S$/);
    expect(recipe.choices.map(({ about }) => about)).toEqual(["model", "vectors", "inputs", "encoder", "training"]);
  });

  test("trains longer and in smaller batches on little data, and never without end", () => {
    const sizes = [20, 100, 300, 1000, 5000, 40_000];
    const trainings = sizes.map((size) => trainingOf(chooseRecipe({ ...corpusFacts(typed), sentences: size })));
    for (const [index, { epochs, batch }] of trainings.entries()) {
      const before = trainings[index - 1] ?? { epochs: Number.POSITIVE_INFINITY, batch: 0 };
      expect(epochs).toBeLessThanOrEqual(before.epochs);
      expect(batch).toBeGreaterThanOrEqual(before.batch);
    }
    expect(trainings[0]).toMatchObject({ epochs: 120, batch: 4 });
    expect(trainings[3]).toMatchObject({ epochs: 60, batch: 20 });
    expect(trainings[5]?.epochs).toBeGreaterThanOrEqual(8);
  });

  test("the quick model sees a bounded number of tokens", () => {
    for (const sentences of [30, 1000, 50_000]) {
      const { quick } = chooseRecipe({ ...corpusFacts(typed), sentences });
      const { trainSentences = sentences } = (quick["data"] ?? {}) as { trainSentences?: number };
      const { epochs } = quick["training"] as { epochs: number };
      expect(trainSentences * epochs * corpusFacts(typed).tokensPerSentence.mean).toBeLessThan(500_000);
      expect(epochs).toBeGreaterThanOrEqual(4);
    }
  });

  test("reads an encoder only if asked to, and names the one in the cache", () => {
    const facts = corpusFacts(typed);
    const plain = chooseRecipe(facts, { encoders: ["minilm"] });
    expect(JSON.stringify(plain.settings)).not.toContain("minilm");
    expect(plain.choices.find(({ about }) => about === "encoder")?.reason).toContain("--encoder minilm");
    const asked = chooseRecipe(facts, { encoder: "minilm" });
    expect(asked.settings["model"]).toMatchObject({ inputs: { wordShape: "on", encoder: { name: "minilm" } } });
    expect(JSON.stringify(asked.quick)).not.toContain("minilm");
  });
});

describe("a search", () => {
  test.each([
    [0.5, []],
    [1.5, [{ runs: 1, share: 1 }]],
    [
      3,
      [
        { runs: 4, share: 0.25 },
        { runs: 2, share: 0.5 },
        { runs: 1, share: 1 },
      ],
    ],
    [
      7,
      [
        { runs: 9, share: 0.25 },
        { runs: 5, share: 0.5 },
        { runs: 3, share: 1 },
      ],
    ],
  ])("of %f trainings halves its candidates", (trainings, rungs) => {
    expect(searchPlan(trainings)).toEqual(rungs);
  });

  test("costs about what it may", () => {
    for (let trainings = 2; trainings < 45; trainings++) {
      const cost = searchPlan(trainings).reduce((sum, { runs, share }) => sum + runs * share, 0);
      expect(cost).toBeLessThan(1.15 * trainings + 1.3);
      expect(cost).toBeGreaterThan(0.8 * trainings - 1);
    }
  });

  test.each<[string, readonly Sentence[], object]>([
    ["joint-nn", typed, {}],
    ["rin", untyped(typed), {}],
    ["bio-mtl", typed, { entities: "given" }],
  ])("of %s tries different, valid settings, each with a seed of its own", (_, sentences, options) => {
    const recipe = chooseRecipe(corpusFacts(sentences), options);
    const candidates = searchCandidates(recipe, 1, 24, ["minilm"]);
    expect(new Set(candidates.map(({ name }) => name)).size).toBe(24);
    expect(candidates.map(({ seed }) => seed)).toEqual(Array.from({ length: 24 }, (_unused, index) => index + 2));
    expect(candidates[0]?.changes).toEqual({});
    for (const { name } of candidates) expect(name).toMatch(/^[\w.-]+$/);
    expect(searchCandidates(recipe, 1, 3)).toEqual(searchCandidates(recipe, 1, 24).slice(0, 3));
  });

  test("keeps the best by relations, then by entities, then the earlier", () => {
    const tried = [
      { id: "a", score: 0.2, entities: 0.1 },
      { id: "b", score: 0.3, entities: 0.1 },
      { id: "c", score: 0.2, entities: 0.2 },
      { id: "d", score: 0.2, entities: 0.2 },
    ];
    expect(survivors(tried, 3).map(({ id }) => id)).toEqual(["b", "c", "d"]);
  });
});

test("advice names rare types, weak entities and an encoder, best first and at most three lines", () => {
  const predictions = typed.map(() => ({ entities: [], relations: [] }));
  const report = evaluate(typed, predictions, { protocols: ["strict", "ner-strict"] });
  const facts = { ...corpusFacts(typed), relationTypes: { works_for: 50, born_in: 3 } };
  const advice = adviceFor(facts, report, { encoder: false, encoders: ["minilm"] });
  expect(advice).toHaveLength(3);
  expect(advice[0]).toContain("born_in (3)");
  expect(advice[1]).toContain("F1 0");
  expect(advice[2]).toContain("--encoder minilm");
  const perfect = evaluate(typed, typed, { protocols: ["strict", "ner-strict"] });
  const rich = { ...facts, relationTypes: { works_for: 50 }, sentences: 5000 };
  expect(adviceFor(rich, perfect, { encoder: true })).toEqual(["spend time on other settings and seeds: --resume --budget 30m"]);
});
