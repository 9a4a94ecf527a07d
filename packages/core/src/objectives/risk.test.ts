import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Prediction } from "../metrics/index.ts";
import { costOf, expectedRisk, renormalised, type SampleSet } from "./risk.ts";

const plain = { alpha: 1, mu: 0.5, learnedLoss: false, learnedScale: "paper" } as const;

function setOf(outputs: readonly (readonly [entities: number, relations: number, cost: number])[]): SampleSet {
  const column = (at: 0 | 1 | 2): Float64Array => Float64Array.from(outputs, (output) => output[at]);
  return { entities: column(0), relations: column(1), costs: column(2) };
}

const outputs = fc.array(
  fc.tuple(
    fc.double({ min: -40, max: 0, noNaN: true }),
    fc.double({ min: -40, max: 0, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ),
  { minLength: 1, maxLength: 6 },
);
const settings = fc.record({
  alpha: fc.double({ min: 1e-4, max: 2, noNaN: true }),
  mu: fc.double({ min: 0, max: 1, noNaN: true }),
  learnedLoss: fc.boolean(),
  learnedScale: fc.constantFrom("paper" as const, "half" as const),
});

describe("the expected risk", () => {
  test("of equally likely outputs is the mean cost, and moves probability towards the cheap one", () => {
    const { risk, entityFactors, relationFactors } = expectedRisk(
      setOf([
        [-1, -2, 0],
        [-2, -1, 1],
      ]),
      plain,
    );
    expect(risk).toBeCloseTo(0.5, 12);
    // Q (Δ − L) α μ with Q = 1/2, α = 1, μ = 1/2.
    expect([...entityFactors]).toEqual([-0.125, 0.125]);
    expect([...relationFactors]).toEqual([-0.125, 0.125]);
  });

  test("with the learned loss is that of eq. 5, at either scale", () => {
    const set = setOf([
      [Math.log(0.5), 0, 0],
      [Math.log(0.3), 0, 1],
      [Math.log(0.2), 0, 0.5],
    ]);
    const q = [0.5, 0.3, 0.2];
    const hinge = 1 - 0.5 + 0.3;
    const sum = (by: (q: number, cost: number) => number): number =>
      q.reduce((total, share, k) => total + share * by(share, [0, 1, 0.5][k] ?? 0), 0);
    const learned = { alpha: 1, mu: 1, learnedLoss: true } as const;
    expect(expectedRisk(set, { ...learned, learnedScale: "paper" }).risk).toBeCloseTo(
      sum((share, cost) => cost - share) + hinge,
      12,
    );
    expect(expectedRisk(set, { ...learned, learnedScale: "half" }).risk).toBeCloseTo(
      sum((share, cost) => (cost + 1 - share) / 2) + hinge,
      12,
    );
  });

  test.each(["paper", "half"] as const)("with the learned loss has slopes of 2Q at the scale %s", (learnedScale) => {
    const chosen = { alpha: 1, mu: 1, learnedLoss: true, learnedScale };
    const q = [0.5, 0.3, 0.2];
    const costs = [0, 1, 0.5];
    const { entityFactors } = expectedRisk(setOf(q.map((share, k) => [Math.log(share), 0, costs[k] ?? 0] as const)), chosen);
    const [by, shift] = learnedScale === "paper" ? [1, 0] : [0.5, 1];
    // The hinge takes 1 from gold, and gives it to the most likely other output.
    const slopes = q.map((share, k) => by * ((costs[k] ?? 0) + shift - 2 * share) + ([-1, 1, 0][k] ?? 0));
    const mean = q.reduce((sum, share, k) => sum + share * (slopes[k] ?? 0), 0);
    for (const [k, share] of q.entries()) expect(entityFactors[k]).toBeCloseTo(share * ((slopes[k] ?? 0) - mean), 12);
  });

  test("has factors that are its slopes and sum to zero", () => {
    fc.assert(
      fc.property(outputs, settings, (drawn, chosen) => {
        const set = setOf(drawn);
        const { entityFactors, relationFactors } = expectedRisk(set, chosen);
        const step = 1e-5;
        for (const [part, factors] of [
          ["entities", entityFactors],
          ["relations", relationFactors],
        ] as const) {
          expect(Math.abs(factors.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
          for (const [k, factor] of factors.entries()) {
            const q = renormalised(
              set.entities.map((value, i) => chosen.mu * value + (1 - chosen.mu) * (set.relations[i] ?? 0)),
              chosen.alpha,
            );
            const rivals = [...q.subarray(1)].sort((x, y) => y - x);
            // Where two rivals of gold are equally likely the hinge has a kink.
            if (chosen.learnedLoss && rivals.length > 1 && (rivals[0] ?? 0) - (rivals[1] ?? 0) < 1e-4) continue;
            const moved = (by: number): number =>
              expectedRisk({ ...set, [part]: set[part].with(k, (set[part][k] ?? 0) + by) }, chosen).risk;
            expect(factor).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 5);
          }
        }
      }),
    );
  });

  test("stays finite where the distribution degenerates", () => {
    const sets = [
      [[0, 0, 0]],
      [
        [-1e4, -1e4, 0],
        [-9e3, -1e4, 1],
      ],
      [
        [-5, -5, 0.5],
        [-5, -5, 0.5],
        [-5, -5, 0.5],
      ],
      [
        [-87 * 60, 0, 0],
        [0, -87 * 60, 1],
        [-1, -1, 0.3],
      ],
    ] as const;
    for (const drawn of sets) {
      for (const alpha of [1e-300, 1e-12, 1, 1e6]) {
        for (const mu of [0, 0.5, 1]) {
          for (const learnedLoss of [false, true]) {
            const found = expectedRisk(setOf(drawn), { alpha, mu, learnedLoss, learnedScale: "paper" });
            const values = [found.risk, ...found.entityFactors, ...found.relationFactors];
            expect(values.every(Number.isFinite), `${alpha} ${mu} ${learnedLoss}`).toBe(true);
          }
        }
      }
    }
    // Alone, gold has nothing to gain.
    expect([...expectedRisk(setOf([[-3, -2, 0.4]]), { ...plain, learnedLoss: true }).entityFactors]).toEqual([0]);
  });
});

describe("the cost of an output", () => {
  const gold: Prediction = {
    entities: [
      { start: 0, end: 1, type: "PER" },
      { start: 2, end: 3, type: "ORG" },
    ],
    relations: [{ head: 0, tail: 1, type: "works_for" }],
  };
  const nothing: Prediction = { entities: [], relations: [] };
  const half: Prediction = { entities: gold.entities.slice(0, 1), relations: [] };
  const strict = { relationF1: "strict", beta: 1 } as const;

  test("is one minus F1 of entities, of relations, or of both on average", () => {
    expect(costOf(gold, gold, 3, { ...strict, risk: "both" })).toBe(0);
    expect(costOf(gold, half, 3, { ...strict, risk: "entity" })).toBeCloseTo(1 - 2 / 3, 12);
    expect(costOf(gold, half, 3, { ...strict, risk: "relation" })).toBe(1);
    expect(costOf(gold, half, 3, { ...strict, risk: "both" })).toBeCloseTo((1 - 2 / 3 + 1) / 2, 12);
    expect(costOf(gold, half, 3, { ...strict, risk: "none" })).toBe(0);
  });

  test("counts relations by the protocol that is asked for", () => {
    const otherType: Prediction = { ...gold, entities: gold.entities.map((entity) => ({ ...entity, type: "LOC" })) };
    expect(costOf(gold, otherType, 3, { ...strict, risk: "relation" })).toBe(1);
    expect(costOf(gold, otherType, 3, { ...strict, relationF1: "boundaries", risk: "relation" })).toBe(0);
    expect(costOf(gold, otherType, 3, { ...strict, relationF1: "boundaries", risk: "both" })).toBe(0.5);
  });

  // Of two gold entities one is found, and nothing else: P = 1, R = 1/2. With a wrong one beside it
  // P = 1/2. Fractions of Python 3.11, by (1 + β²)·P·R / (β²·P + R).
  test.each([
    [0.5, 1 - 5 / 6, 1 / 2],
    [1, 1 - 2 / 3, 1 / 2],
    [2, 1 - 5 / 9, 1 / 2],
    [10, 1 - 101 / 201, 1 / 2],
  ])("is one minus F_β of appendix C, β = %d", (beta, precise, wrong) => {
    const two: Prediction = { entities: [...half.entities, { start: 1, end: 2, type: "LOC" }], relations: [] };
    expect(costOf(gold, half, 3, { ...strict, beta, risk: "entity" })).toBeCloseTo(precise, 12);
    expect(costOf(gold, two, 3, { ...strict, beta, risk: "entity" })).toBeCloseTo(wrong, 12);
    expect(costOf(gold, half, 3, { ...strict, beta, risk: "both" })).toBeCloseTo((precise + 1) / 2, 12);
    expect(costOf(gold, gold, 3, { ...strict, beta, risk: "both" })).toBe(0);
    expect(costOf(nothing, nothing, 3, { ...strict, beta, risk: "both" })).toBe(0);
  });

  test("is 0 if neither side has an item, and 1 if one side has", () => {
    for (const risk of ["entity", "relation", "both"] as const) {
      expect(costOf(nothing, nothing, 3, { ...strict, risk })).toBe(0);
      expect(costOf(nothing, gold, 3, { ...strict, risk })).toBe(1);
      expect(costOf(gold, nothing, 3, { ...strict, risk })).toBe(1);
    }
  });
});
