import { describe, expect, test } from "vitest";
import { checkedKernels } from "../kernels/checked-kernels.ts";
import { Arena } from "../memory/arena.ts";
import { Engine } from "../tensor/engine.ts";
import { normal, type Parameter, ParameterStore, pad } from "../tensor/parameter-store.ts";
import { Random } from "../tensor/random.ts";
import type { Gradients } from "./gradients.ts";
import { Optimizer, type OptimizerOptions, type OptimizerSettings, type ParameterGroup } from "./optimizer.ts";

/** One cell under a rule, as its paper writes it. */
type Cell = (gradient: number) => number;

const rules: Record<OptimizerSettings["name"], { settings: OptimizerSettings; cell: (weight: number) => Cell }> = {
  sgd: {
    settings: { name: "sgd", rate: 0.1 },
    cell: (start) => {
      let weight = start;
      return (gradient) => (weight -= 0.1 * gradient);
    },
  },
  // Kingma and Ba 2015, algorithm 1.
  adam: {
    settings: { name: "adam", rate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 0.05 },
    cell: adamCell,
  },
  // Its decay has a test of its own below.
  adamw: {
    settings: { name: "adamw", rate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 0.05, decay: 0 },
    cell: adamCell,
  },
  // Zeiler 2012, algorithm 1.
  adadelta: {
    settings: { name: "adadelta", rate: 0.5, rho: 0.9, epsilon: 1e-4 },
    cell: (start) => {
      let [weight, square, moved] = [start, 0, 0];
      return (gradient) => {
        square = 0.9 * square + 0.1 * gradient ** 2;
        const move = (Math.sqrt(moved + 1e-4) / Math.sqrt(square + 1e-4)) * gradient;
        moved = 0.9 * moved + 0.1 * move ** 2;
        return (weight -= 0.5 * move);
      };
    },
  },
  // Tieleman and Hinton 2012, lecture 6.5; ε outside the root.
  rmsprop: {
    settings: { name: "rmsprop", rate: 0.01, rho: 0.9, epsilon: 0.05 },
    cell: (start) => {
      let [weight, square] = [start, 0];
      return (gradient) => {
        square = 0.9 * square + 0.1 * gradient ** 2;
        return (weight -= (0.01 * gradient) / (Math.sqrt(square) + 0.05));
      };
    },
  },
};

function adamCell(start: number): Cell {
  let [weight, mean, square, t] = [start, 0, 0, 0];
  return (gradient) => {
    t++;
    mean = 0.8 * mean + 0.2 * gradient;
    square = 0.99 * square + 0.01 * gradient ** 2;
    const corrected = Math.sqrt(square / (1 - 0.99 ** t)) + 0.05;
    return (weight -= (0.01 * mean) / (1 - 0.8 ** t) / corrected);
  };
}

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });

/** Gates of two blocks, a bias, and a table of six rows, three columns each. */
function makeStore(): { store: ParameterStore; gates: Parameter; bias: Parameter; words: Parameter } {
  const store = new ParameterStore(engine.heap, { seed: 5 });
  return {
    store,
    gates: store.add("gates", 3, 6, normal(1), { blocks: 2 }),
    words: store.add("words", 6, 3, normal(1), { kind: "table" }),
    bias: store.add("bias", 1, 5, normal(1)),
  };
}

interface PlainGradient {
  readonly gates: readonly number[];
  readonly bias: readonly number[];
  readonly ids: readonly number[];
  readonly rows: readonly number[];
}

function drawGradient(seed: number, ids: readonly number[], scale = 1): PlainGradient {
  const random = Random.of(seed, "gradient");
  const numbers = (count: number) => Array.from({ length: count }, () => Math.fround(random.normal() * scale));
  return { gates: numbers(18), bias: numbers(5), ids, rows: numbers(3 * ids.length) };
}

function lay(store: ParameterStore, gradient: PlainGradient): Gradients {
  const dense = engine.heap.allocate(store.denseSize * 4);
  for (const name of ["gates", "bias"] as const) {
    const parameter = store.get(name);
    pad(engine.heap, dense + parameter.slice * 4, parameter, gradient[name]);
  }
  const words = store.get("words");
  const at = engine.heap.allocate(gradient.ids.length * words.stride * 4);
  pad(engine.heap, at, { ...words, rows: gradient.ids.length }, gradient.rows);
  return { dense, tables: gradient.ids.length === 0 ? [] : [{ parameter: words, ids: Int32Array.from(gradient.ids), at }] };
}

function normOf({ gates, bias, rows }: PlainGradient): number {
  return Math.hypot(...gates, ...bias, ...rows);
}

function values(store: ParameterStore): number[] {
  return store.layout.flatMap((parameter) => [...store.read(parameter)]);
}

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(Array.from(got)).toEqual(Array.from(want, (value) => expect.closeTo(value, 5)));
}

const batches = [[0, 2], [2, 5, 1], [], [0], [4, 2]];

describe.each(Object.entries(rules))("%s", (_, { settings, cell }) => {
  test.each(["dense", "lazy"] as const)("follows its formula, %s tables", (tables) => {
    const { store, gates, bias, words } = makeStore();
    const optimizer = new Optimizer(engine, store, settings, { tables });
    const cells = new Map(store.layout.map((parameter) => [parameter.name, Array.from(store.read(parameter), cell)]));
    const expected = new Map(store.layout.map((parameter) => [parameter.name, Array.from(store.read(parameter))]));
    // Every row occurs in every step: then lazy and dense tables are the same rule.
    for (const seed of batches.keys()) {
      const gradient = drawGradient(seed, [3, 0, 5, 1, 2, 4]);
      optimizer.update(lay(store, gradient));
      const table: number[] = [];
      for (const [k, id] of gradient.ids.entries()) {
        for (let j = 0; j < 3; j++) table[3 * id + j] = gradient.rows[3 * k + j] ?? 0;
      }
      for (const [parameter, slopes] of [
        [gates, gradient.gates],
        [bias, gradient.bias],
        [words, table],
      ] as const) {
        const moved = cells.get(parameter.name)?.map((move, k) => move(slopes[k] ?? 0)) ?? [];
        expected.set(parameter.name, moved);
        expectClose(store.read(parameter), moved);
      }
    }
    expect(optimizer.steps).toBe(batches.length);
  });

  test.each<OptimizerOptions>([{ tables: "lazy" }, { tables: "dense", lazyTables: ["wo"] }])(
    "lazy tables leave rows outside the batch unchanged, and their means too: %o",
    (options) => {
      const { store, words } = makeStore();
      const optimizer = new Optimizer(engine, store, settings, options);
      for (const [seed, ids] of batches.entries()) {
        const before = store.read(words);
        const means = optimizer.saveState().means.get("words") ?? [];
        optimizer.update(lay(store, drawGradient(seed, ids)));
        const after = store.read(words);
        for (let row = 0; row < 6; row++) {
          const same = (x: Float32Array, y: Float32Array) =>
            x.subarray(3 * row, 3 * row + 3).join() === y.subarray(3 * row, 3 * row + 3).join();
          expect(same(before, after)).toBe(!ids.includes(row));
          for (const [k, mean] of (optimizer.saveState().means.get("words") ?? []).entries()) {
            expect(same(means[k] ?? new Float32Array(0), mean)).toBe(!ids.includes(row));
          }
        }
      }
    },
  );

  test("dense tables update every row, with gradient zero for those outside the batch", () => {
    const { store, words } = makeStore();
    const optimizer = new Optimizer(engine, store, settings, { tables: "dense" });
    const cells = Array.from(store.read(words), cell);
    for (const [seed, ids] of batches.entries()) {
      const gradient = drawGradient(seed, ids);
      optimizer.update(lay(store, gradient));
      const moved = cells.map((move, k) => {
        const at = gradient.ids.indexOf(Math.floor(k / 3));
        return move(at < 0 ? 0 : (gradient.rows[3 * at + (k % 3)] ?? 0));
      });
      expectClose(store.read(words), moved);
    }
  });

  test("the norm covers the whole gradient, and clipping scales all of it", () => {
    const [clipped, scaled] = [makeStore().store, makeStore().store];
    const gradient = drawGradient(1, [1, 4], 3);
    const norm = normOf(gradient);
    const by = 2 / norm;
    const scale = (list: readonly number[]) => list.map((value) => value * by);
    const smaller = { ...gradient, gates: scale(gradient.gates), bias: scale(gradient.bias), rows: scale(gradient.rows) };
    const got = new Optimizer(engine, clipped, settings).update(lay(clipped, gradient), { maxNorm: 2 });
    expect(got / norm).toBeCloseTo(1, 6);
    expect(new Optimizer(engine, scaled, settings).update(lay(scaled, smaller), { maxNorm: 2.01 })).toBeCloseTo(2, 5);
    expectClose(values(clipped), values(scaled));
  });

  test("the rate factor of a schedule multiplies the rate", () => {
    const [halved, half] = [makeStore().store, makeStore().store];
    new Optimizer(engine, halved, settings).update(lay(halved, drawGradient(1, [1])), { rateFactor: 0.5 });
    new Optimizer(engine, half, { ...settings, rate: settings.rate / 2 }).update(lay(half, drawGradient(1, [1])));
    expect(values(halved)).toEqual(values(half));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a gradient with %s changes nothing", (spoilt) => {
    const { store } = makeStore();
    const optimizer = new Optimizer(engine, store, settings);
    const before = values(store);
    const state = optimizer.saveState();
    const gradient = drawGradient(1, [1, 4]);
    expect(optimizer.update(lay(store, { ...gradient, rows: gradient.rows.with(2, spoilt) }))).not.toSatisfy(Number.isFinite);
    expect(optimizer.update(lay(store, { ...gradient, bias: gradient.bias.with(4, spoilt) }))).not.toSatisfy(Number.isFinite);
    expect(values(store)).toEqual(before);
    expect(optimizer.saveState()).toEqual(state);
    expect(optimizer.steps).toBe(0);
  });

  test.each(["dense", "lazy"] as const)("a restored state goes on as if nothing had happened, %s tables", (tables) => {
    const [whole, first] = [makeStore().store, makeStore().store];
    const optimizer = new Optimizer(engine, whole, settings, { tables });
    const early = new Optimizer(engine, first, settings, { tables });
    for (const [seed, ids] of batches.entries()) {
      optimizer.update(lay(whole, drawGradient(seed, ids)));
      if (seed < 2) early.update(lay(first, drawGradient(seed, ids)));
    }
    const state = structuredClone(early.saveState());
    expect(state.steps).toBe(2);
    const resumed = new Optimizer(engine, first, settings, { tables });
    resumed.restoreState(state);
    for (const [seed, ids] of batches.entries()) if (seed >= 2) resumed.update(lay(first, drawGradient(seed, ids)));
    expect(values(first)).toEqual(values(whole));
    expect(resumed.saveState()).toEqual(optimizer.saveState());
  });

  test("padding stays zero", () => {
    const { store } = makeStore();
    const optimizer = new Optimizer(engine, store, settings, { tables: "dense" });
    for (const [seed, ids] of batches.entries()) optimizer.update(lay(store, drawGradient(seed, ids)));
    for (const parameter of store.layout) {
      const kept = store.read(parameter);
      store.write(parameter, new Float32Array(kept.length));
      expect(engine.heap.floats(parameter.at, parameter.rows * parameter.stride).every((value) => value === 0)).toBe(true);
    }
  });
});

test.each(Object.values(rules))("running statistics do not change and have no means: $settings.name", ({ settings }) => {
  const { store } = makeStore();
  const running = store.add("running", 1, 5, normal(1), { kind: "running" });
  const before = store.read(running);
  const optimizer = new Optimizer(engine, store, settings, { tables: "dense" });
  for (const [seed, ids] of batches.entries()) optimizer.update(lay(store, drawGradient(seed, ids)));
  expect(store.read(running)).toEqual(before);
  expect(optimizer.saveState().means.get("running")).toEqual([]);
  optimizer.restoreState(optimizer.saveState());
});

test("a state of another rule or shape is refused without any change", () => {
  const adam = new Optimizer(engine, makeStore().store, rules.adam.settings);
  const sgd = new Optimizer(engine, makeStore().store, rules.sgd.settings);
  adam.update(lay(makeStore().store, drawGradient(1, [1])));
  expect(() => sgd.restoreState(adam.saveState())).toThrow(/SHAPE_MISMATCH/);
  const short = { steps: 1, means: new Map([["bias", [new Float32Array(4), new Float32Array(4)]]]) };
  expect(() => adam.restoreState(short)).toThrow(/SHAPE_MISMATCH/);
  expect(sgd.steps).toBe(0);
  // The heap's own words lie where an address of zero would have been written to.
  expect(new Arena(engine.heap).allocate(64)).toBeGreaterThan(1024);
});

test("matrices and tables decay apart from their gradient, rows such as biases do not", () => {
  const { store, gates, bias, words } = makeStore();
  const [before, rows, same] = [gates, words, bias].map((parameter) => store.read(parameter)) as [never, never, never];
  const optimizer = new Optimizer(engine, store, { name: "adamw", rate: 0.1, decay: 0.5 });
  const still = drawGradient(1, [2], 0);
  // Loshchilov and Hutter 2019, algorithm 2: without a gradient, only w ← w − rate·λ·w is left.
  optimizer.update(lay(store, still), { rateFactor: 0.5 });
  expectClose(
    store.read(gates),
    (before as Float32Array).map((value) => 0.975 * value),
  );
  expectClose(
    store.read(words),
    (rows as Float32Array).map((value, k) => (Math.floor(k / 3) === 2 ? 0.975 : 1) * value),
  );
  expect(store.read(bias)).toEqual(same);
});

test("a group has a rate and a decay of its own; the first that names a parameter counts", () => {
  const steps = (groups: readonly ParameterGroup[], settings: OptimizerSettings = { name: "sgd", rate: 1 }) => {
    const { store } = makeStore();
    const before = values(store);
    new Optimizer(engine, store, settings, { groups }).update(lay(store, drawGradient(1, [0])));
    return values(store).map((value, k) => value - (before[k] ?? 0));
  };
  const [plain, grouped] = [
    steps([]),
    steps([
      { parameters: "wo", rate: 0.25 },
      { parameters: "", rate: 0.5 },
    ]),
  ];
  // 18 cells of the gates, 18 of the words, 5 of the bias.
  expectClose(
    grouped,
    plain.map((value, k) => (k >= 18 && k < 36 ? 0.25 : 0.5) * value),
  );
  const decays: OptimizerSettings = { name: "adamw", rate: 0.1, decay: 0.5 };
  expectClose(steps([{ parameters: "", decay: 0 }], decays), steps([], { name: "adam", rate: 0.1 }));
});
