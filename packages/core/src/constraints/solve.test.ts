import { Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { beamSearch } from "./beam-search.ts";
import { type Item, isFeasible, type Problem, totalOf } from "./problem.ts";
import { solve } from "./solve.ts";

const limits = { nodes: 10_000, beam: 8 };

/** Small problems with every kind of constraint, in which most choices conflict. */
function drawProblem(random: Random): Problem {
  const mentions = 2 + random.integer(3);
  const options = Array.from({ length: mentions }, () =>
    Float64Array.from({ length: 1 + random.integer(3) }, (_, k) => (k === 0 ? 0 : -3 * random.next())),
  );
  const capacities = Int32Array.from({ length: 4 }, () => 1 + random.integer(2));
  const items = Array.from({ length: 1 + random.integer(8) }, (): Item => {
    const [head, tail] = [random.integer(mentions), random.integer(mentions)];
    const allowed = Int32Array.from(options[head] ?? [], (_, h) =>
      head === tail ? random.integer(2) << h : random.integer(2 ** (options[tail]?.length ?? 1)),
    );
    return {
      weight: 0.1 + 3 * random.next(),
      mentions: [...new Set([head, tail])],
      slots: [0, 1, 2, 3].filter(() => random.next() < 0.4),
      rules: random.next() < 0.6 ? [{ head, tail, allowed }] : [],
      edges: random.next() < 0.5 ? [{ type: random.integer(2), from: head, to: tail }] : [],
    };
  });
  return { options, items, capacities };
}

/** The best total of all choices, by trying each. */
function bestTotal(problem: Problem): number {
  const { items, options } = problem;
  let best = -Infinity;
  const chosen = new Uint8Array(items.length);
  const types = new Int32Array(options.length);
  const visit = (place: number): void => {
    if (place < options.length) {
      for (let k = 0; k < (options[place]?.length ?? 0); k++) {
        types[place] = k;
        visit(place + 1);
      }
      return;
    }
    for (let subset = 0; subset < 2 ** items.length; subset++) {
      for (const k of items.keys()) chosen[k] = (subset >> k) & 1;
      if (isFeasible(problem, chosen, types)) best = Math.max(best, totalOf(problem, chosen, types));
    }
  };
  visit(0);
  return best;
}

describe("against every choice of 400 small problems", () => {
  const cases = Array.from({ length: 400 }, (_, seed) => {
    const problem = drawProblem(Random.of(seed, "constraints"));
    return { problem, best: bestTotal(problem) };
  });

  test("the exact search finds the best total and meets the constraints", () => {
    const methods = new Set<string>();
    for (const { problem, best } of cases) {
      const found = solve(problem, limits);
      expect(isFeasible(problem, found.chosen, found.options)).toBe(true);
      expect(found.total).toBeCloseTo(best, 9);
      expect(totalOf(problem, found.chosen, found.options)).toBeCloseTo(found.total, 9);
      methods.add(found.method);
    }
    expect(methods).toEqual(new Set(["none", "exact"]));
  });

  test("the beam meets the constraints and is rarely worse, and never better", () => {
    let equal = 0;
    for (const { problem, best } of cases) {
      const { chosen, options, total } = beamSearch(problem, 8, true);
      expect(isFeasible(problem, chosen, options)).toBe(true);
      expect(total).toBeLessThanOrEqual(best + 1e-9);
      expect(totalOf(problem, chosen, options)).toBeCloseTo(total, 9);
      if (total > best - 1e-9) equal++;
    }
    expect(equal).toBeGreaterThan(380);
  });

  test("without branches the beam decides, and says so", () => {
    for (const { problem } of cases) {
      const found = solve(problem, { ...limits, nodes: 0 });
      expect(isFeasible(problem, found.chosen, found.options)).toBe(true);
      expect(found.method).toBe(found.conflicts > 0 ? "beam" : "none");
    }
  });
});

test("a greedy choice that loses: one heavy relation against two lighter ones", () => {
  const item = (weight: number, slots: number[]): Item => ({ weight, mentions: [0, 1], slots, rules: [], edges: [] });
  const problem: Problem = {
    options: [Float64Array.of(0), Float64Array.of(0)],
    items: [item(3, [0, 1]), item(2, [0]), item(2, [1])],
    capacities: Int32Array.of(1, 1),
  };
  expect([...beamSearch(problem, 1, true).chosen]).toEqual([1, 0, 0]);
  expect(solve(problem, limits)).toMatchObject({ chosen: Uint8Array.of(0, 1, 1), total: 4, method: "exact", conflicts: 1 });
});

test("200 entities that all conflict are decided, by a beam", () => {
  const random = Random.of(1, "hostile");
  const mentions = 200;
  const items = Array.from({ length: mentions * mentions }, (_, k): Item => {
    const [from, to] = [Math.floor(k / mentions), k % mentions];
    return {
      weight: 1 + random.next(),
      mentions: [...new Set([from, to])],
      slots: [from, mentions + to],
      rules: from === to ? [] : [{ head: from, tail: to, allowed: Int32Array.of(0b10, 0b01) }],
      edges: [{ type: 0, from, to }],
    };
  });
  const problem: Problem = {
    options: Array.from({ length: mentions }, () => Float64Array.of(0, -0.1)),
    items,
    capacities: new Int32Array(2 * mentions).fill(3),
  };
  const found = solve(problem, limits);
  expect(isFeasible(problem, found.chosen, found.options)).toBe(true);
  expect(found).toMatchObject({ method: "beam", conflicts: 1 });
});

test("groups of entities are searched apart", () => {
  const item = (mention: number, weight: number): Item => ({
    ...{ weight, mentions: [mention], slots: [mention], rules: [], edges: [] },
  });
  // 40 groups of 10 relations that exclude each other: together they would exceed the limit.
  const problem: Problem = {
    options: Array.from({ length: 40 }, () => Float64Array.of(0)),
    items: Array.from({ length: 400 }, (_, k) => item(k % 40, 1 + k / 400)),
    capacities: new Int32Array(40).fill(1),
  };
  const found = solve(problem, limits);
  expect(found).toMatchObject({ method: "exact", conflicts: 40 });
  expect([...found.chosen.entries()].filter(([, chosen]) => chosen === 1).map(([k]) => k)).toEqual(
    Array.from({ length: 40 }, (_, k) => 360 + k),
  );
});
