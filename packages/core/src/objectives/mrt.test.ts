import { type Parameter, Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { buildModel } from "../inference/index.ts";
import { models, type Output } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import {
  build,
  cases,
  costsOf,
  differ,
  everyOutput,
  expectClose,
  expectSlopes,
  one,
  spansOf,
  workOn,
} from "../testing/drawn-outputs.ts";
import { eightSentences, untyped } from "../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { type MrtSettings, mrtSettings } from "./mrt-settings.ts";
import { expectedRisk } from "./risk.ts";

const mrt = (settings: Partial<MrtSettings>): MrtSettings & { name: "mrt" } => ({ name: "mrt", ...mrtSettings.parse(settings) });

test("every model that can draw outputs is tested here", () => {
  const tested = new Set(Object.values(cases).map(([name]) => name));
  const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}));
  for (const { name, settings } of models) {
    const description = {
      name,
      settings: settings.parse({}) as Record<string, unknown>,
      lexicon,
      threshold: 0.5,
    };
    const able = buildModel(description, { build: "plain" }).model.outputs !== undefined;
    expect(tested.has(name), name).toBe(able);
  }
});

describe.each(Object.keys(cases))("%s", (name) => {
  test("the probabilities of all outputs sum to one", () => {
    const at = workOn(build(name, [one]), [one]);
    const all = everyOutput(at);
    const { entities, relations } = at.score([all]);
    const total = all.reduce((sum, _, k) => sum + Math.exp((entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0)), 0);
    expect(total).toBeCloseTo(1, 5);
  });

  test("the gradient of ln P is its slope, for any factors of the two parts", () => {
    const at = workOn(build(name, [one]), [one]);
    const random = Random.of(21, name);
    const some = random.shuffle(everyOutput(at)).slice(0, 4);
    const [forEntities, forRelations] = [some, some].map((list) => Float64Array.from(list, () => random.normal())) as [
      Float64Array,
      Float64Array,
    ];
    const value = (): number => {
      const { entities, relations } = at.score([some]);
      return some.reduce(
        (sum, _, k) => sum + (forEntities[k] ?? 0) * (entities[0]?.[k] ?? 0) + (forRelations[k] ?? 0) * (relations[0]?.[k] ?? 0),
        0,
      );
    };
    expectSlopes(at, at.gradient([some], [forEntities], [forRelations]), value, random);
  });

  test("appendix A: the gradient is the closed form, and the slope of the exact expectation", () => {
    const at = workOn(build(name, [one]), [one]);
    const all = everyOutput(at);
    // With μ = 1/2 and α = 2 the distribution over a set of everything is P itself, and eq. 6 is
    // eq. 3.
    const settings = mrt({ mu: 0.5, alpha: 2 });
    const costs = costsOf(at, all, settings);
    const exact = (): number => {
      const { entities, relations } = at.score([all]);
      return all.reduce((sum, _, k) => sum + (costs[k] ?? 0) * Math.exp((entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0)), 0);
    };
    const { entities, relations } = at.score([all]);
    const found = expectedRisk(
      { entities: entities[0] ?? new Float64Array(), relations: relations[0] ?? new Float64Array(), costs },
      settings,
    );
    expect(found.risk).toBeCloseTo(exact(), 5);
    const gradient = at.gradient([all], [found.entityFactors], [found.relationFactors]);

    // α E_Q [∇P / P (Δ − L)], output by output.
    const log = all.map((_, k) => (entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0));
    const mean = found.risk;
    const closed = new Map([...gradient].map(([key, values]) => [key, new Float64Array(values.length)]));
    const likely = all.map((_, k) => k).filter((k) => Math.exp(log[k] ?? 0) > 1e-4);
    for (const k of likely) {
      const indicator = [Float64Array.from(all, (_, i) => (i === k ? 1 : 0))];
      const share = 2 * Math.exp(log[k] ?? 0) * ((costs[k] ?? 0) - mean);
      for (const [key, values] of at.gradient([all], indicator, indicator)) {
        const sum = closed.get(key) as Float64Array;
        for (const [i, value] of values.entries()) sum[i] = (sum[i] ?? 0) + 0.5 * share * value;
      }
    }
    for (const [key, values] of gradient) expectClose(values, closed.get(key) ?? [], 0.02, `closed form of ${key}`);

    expectSlopes(at, gradient, exact, Random.of(11, name));
  });

  test("drawn outputs are distinct, gold comes first, and outputs are as frequent as they are likely", () => {
    const at = workOn(build(name, [one]), [one]);
    const [set = []] = at.sample({ samples: 1000, epsilon: 0 });
    expect(set[0]?.prediction.entities.map(({ start, end }) => [start, end])).toEqual(
      one.entities.map(({ start, end }) => [start, end]),
    );
    // Nested entities have the same tags as the longest of them alone.
    const keyOf = ({ prediction: { tags, entities } }: Pick<Output, "prediction">): string =>
      [tags?.join(), ...entities.map(({ start, end, type }) => `${start}-${end}-${type}`)].join(" ");
    expect(new Set(set.map(keyOf)).size).toBe(set.length);
    // One draw at a time: how often entities come up beside gold, against their probability among
    // those that are not gold.
    const all = everyOutput(at);
    const { entities } = at.score([all]);
    const odds = new Map(all.map((output, k) => [keyOf(output), Math.exp(entities[0]?.[k] ?? 0)]));
    const goldKey = keyOf(set[0] as Output);
    const gold = odds.get(goldKey) ?? 0;
    const counts = new Map<string | undefined, number>();
    const draws = 3000;
    const random = Random.of(2);
    for (let k = 0; k < draws; k++) {
      const drawn = at.sample({ samples: 1, epsilon: 0 }, random)[0]?.[1];
      const key = drawn && keyOf(drawn);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, p] of odds) {
      if (key === goldKey) continue;
      const expected = p / (1 - gold);
      const deviation = Math.sqrt((expected * (1 - expected)) / draws);
      expect(Math.abs((counts.get(key) ?? 0) / draws - expected), key).toBeLessThan(5 * deviation + 1e-3);
    }
  });

  test("relations are drawn, or the most likely ones, with drawn entities and with gold ones", () => {
    const at = workOn(build(name, [one]), [one]);
    const relationsOf = (relations: "sampled" | "best", goldRelations: "gold" | "sampled"): Set<string> =>
      new Set(
        [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
          const [gold] = at.sample({ samples: 1, epsilon: 0, relations, goldRelations }, Random.of(seed))[0] ?? [];
          return JSON.stringify(gold?.prediction.relations.map(({ head, tail, type }) => [head, tail, type]));
        }),
      );
    const annotated = JSON.stringify(one.relations.map(({ head, tail, type }) => [head, tail, type]));
    expect([...relationsOf("sampled", "gold")]).toEqual([annotated]);
    expect([...relationsOf("best", "gold")]).toEqual([annotated]);
    expect(relationsOf("sampled", "sampled").size).toBeGreaterThan(1);
    const best = relationsOf("best", "sampled");
    expect(best.size).toBe(1);
    // Where no relation is likely, the most likely output has none.
    expect(relationsOf("sampled", "sampled")).not.toEqual(best);
  });

  test("a share ε of the entities is drawn uniformly", () => {
    const built = build(name, [one]);
    const at = workOn(built, [one]);
    // One label is all but certain.
    const bias = built.store.layout.find(({ name: path }) => /\/(tag|span\/label)\/bias$/.test(path)) as Parameter;
    built.store.write(
      bias,
      Float32Array.from({ length: bias.columns }, (_, k) => (k === 0 ? 40 : 0)),
    );
    const outputsWith = (epsilon: number): Set<string> =>
      new Set(
        Array.from({ length: 20 }, (_, seed) => {
          const [, drawn] = at.sample({ samples: 1, epsilon }, Random.of(seed))[0] ?? [];
          return JSON.stringify(drawn?.prediction.entities.map(({ start, end }) => [start, end]));
        }),
      );
    expect(outputsWith(0).size).toBe(1);
    expect(outputsWith(1).size).toBeGreaterThan(2);
  });

  test("the weights of the objective stay finite on any input", () => {
    const long = Array.from({ length: 60 }, (_, i) => i);
    const bad: Sentence[] = [
      { id: "empty", tokens: [], entities: [], relations: [] },
      { id: "word", tokens: ["x"], entities: [], relations: [] },
      { id: "none", tokens: ["Nobody", "came", "."], entities: [], relations: [] },
      { id: "one", tokens: ["Paris", "slept"], entities: spansOf([0, 1]), relations: [] },
      {
        id: "sixty",
        tokens: long.map((i) => `w${i}`),
        entities: spansOf(...long.map((i) => [i, i + 1] as const)),
        relations: long.slice(1).map((i) => ({ head: i - 1, tail: i, type: "works_for" })),
      },
      {
        id: "overlap",
        tokens: ["a", "b", "c"],
        entities: spansOf([0, 3], [0, 1]),
        relations: [{ head: 1, tail: 0, type: "works_for" }],
      },
    ];
    const built = build(name, [...untyped(eightSentences), ...bad]);
    const stranger = {
      ...one,
      id: "stranger",
      relations: one.relations.map((relation) => ({ ...relation, type: "unheard_of" })),
    };
    for (const settings of [
      { alpha: 1e-4 },
      { alpha: 1e6 },
      { alpha: 1e-12, mu: 0 },
      { alpha: 1, learnedLoss: true, mu: 0.5 },
    ] as const) {
      for (const sentences of [bad, [stranger], bad.slice(0, 1), []]) {
        const at = workOn(built, sentences);
        const { losses, gradient } = at.objective(mrt({ ...settings, samples: 4 }));
        expect(Object.values(losses).every(Number.isFinite), JSON.stringify(losses)).toBe(true);
        for (const [key, values] of gradient) expect(values.every(Number.isFinite), key).toBe(true);
      }
    }
  });
});

test("appendix C: with F_β the gradient is the slope of the expectation of 1 − F_β", () => {
  const beta = 2;
  const at = workOn(build("joint-nn", [one]), [one]);
  const all = everyOutput(at);
  // The mean of both, by precision and recall; the expectation is over P itself, as above.
  const loss = (found: number, right: number, gold: number): number => {
    if (right === 0) return found === 0 && gold === 0 ? 0 : 1;
    const [precision, recall] = [right / found, right / gold];
    return 1 - ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
  };
  const goldWords = one.entities.map(({ start, end }) => `${start}-${end}`);
  const costs = all.map(({ prediction: { entities, relations } }) => {
    const spans = entities.map(({ start, end }) => `${start}-${end}`);
    const facts = relations.filter(({ head, tail }) => spans[head] === goldWords[0] && spans[tail] === goldWords[1]);
    const right = spans.filter((span) => goldWords.includes(span)).length;
    return (loss(spans.length, right, 2) + loss(relations.length, facts.length, 1)) / 2;
  });
  const exact = (): number => {
    const { entities, relations } = at.score([all]);
    return all.reduce((sum, _, k) => sum + (costs[k] ?? 0) * Math.exp((entities[0]?.[k] ?? 0) + (relations[0]?.[k] ?? 0)), 0);
  };
  const { entities, relations } = at.score([all]);
  const settings = mrt({ mu: 0.5, alpha: 2, beta });
  const set = {
    entities: entities[0] ?? new Float64Array(),
    relations: relations[0] ?? new Float64Array(),
    costs: costsOf(at, all, settings),
  };
  const { risk, entityFactors, relationFactors } = expectedRisk(set, settings);
  expect(risk).toBeCloseTo(exact(), 5);
  expect(risk).not.toBeCloseTo(expectedRisk({ ...set, costs: costsOf(at, all, mrt({})) }, settings).risk, 3);
  expectSlopes(at, at.gradient([all], [entityFactors], [relationFactors]), exact, Random.of(12));
});

test("the sample set of a single word ends where its tags do", () => {
  const word: Sentence = { id: "w", tokens: ["Paris"], entities: spansOf([0, 1]), relations: [] };
  const built = build("joint-nn", [...untyped(eightSentences), word]);
  // 5 tags without types, gold among them.
  expect(workOn(built, [word]).sample({ samples: 50, epsilon: 0.5 })[0]?.length).toBe(5);
});

test.each([1, 0.5])("with μ = %d the relation model's own weights get a risk gradient only below 1", (mu) => {
  const sentences = untyped(eightSentences);
  const at = workOn(build("joint-nn", sentences), sentences);
  const local = at.objective({ name: "likelihood" }).gradient;
  const joint = at.objective(mrt({ mu, alpha: 1 })).gradient;
  const changed = [...joint].filter(([key, values]) => differ(values, local.get(key) as Float32Array)).map(([key]) => key);
  const own = changed.filter((key) => /joint-nn\/(first|second|middle|hidden|label)\//.test(key));
  expect(own.length === 0).toBe(mu === 1);
  expect(changed).toEqual(
    expect.arrayContaining(["joint-nn/tag/weight", "joint-nn/word/weight", "joint-nn/encoder/forward/bias"]),
  );
});

test("the variants of algorithm 1 differ as they say", () => {
  const sentences = untyped(eightSentences);
  const at = workOn(build("joint-nn", sentences), sentences);
  const options = { samples: 3, epsilon: 0.1 } as const;
  const [first] = at.sample({ ...options, relations: "best" });
  const [again] = at.sample({ ...options, relations: "best" });
  expect(again).toEqual(first);
  const golds = at.sample(options).map(([gold]) => gold?.prediction.relations);
  expect(golds).toEqual(
    sentences.map(({ relations }) =>
      expect.arrayContaining(relations.slice(0, 1).map(({ head, tail }) => expect.objectContaining({ head, tail }))),
    ),
  );
  expect(at.sample({ ...options, goldRelations: "sampled" }).map(([gold]) => gold?.prediction.relations)).not.toEqual(golds);
});
