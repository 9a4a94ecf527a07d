import { beforeEach, describe, expect, test } from "vitest";
import { checkedKernels } from "../kernels/checked-kernels.ts";
import { Arena } from "../memory/arena.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { Engine } from "../tensor/engine.ts";
import type { Matrix } from "../tensor/matrix.ts";
import { normal, type Parameter, ParameterStore } from "../tensor/parameter-store.ts";
import { KeptProducts } from "./kept-products.ts";
import * as operations from "./operations/index.ts";
import { Tape } from "./tape.ts";

describe.each(["baseline", "plain"] as const)("kept products, %s kernels", (build) => {
  const [words, size, columns] = [5000, 7, 560];
  let engine: Engine;
  let store: ParameterStore;
  let table: Parameter;
  let weight: Parameter;
  let kept: KeptProducts;
  beforeEach(() => {
    engine = Engine.create({ build, wrap: checkedKernels });
    store = new ParameterStore(engine.heap, { seed: 5 });
    table = store.add("words", words, size, normal(1), { kind: "table" });
    weight = store.add("filters", size, columns, normal(1), { blocks: 4 });
    kept = new KeptProducts(engine);
  });

  /** The products of these table rows, or undefined if there are too many. */
  function products(ids: readonly number[], from = kept): Float32Array[] | undefined {
    const tape = new Tape(engine, new Arena(engine.heap), { kept: from });
    const source = { table, ids: Int32Array.from(ids) };
    const input: Matrix = tape.apply(operations.embed, [source]);
    const found = from.multiply(tape.arena, input, source, weight);
    if (found === undefined) return undefined;
    return [...found.rows].map((row) => engine.heap.floats(found.at + row * weight.stride * 4, weight.stride).slice());
  }

  function exact(id: number): number[] {
    const [row, by] = [store.read(table).subarray(id * size, (id + 1) * size), store.read(weight)];
    return Array.from({ length: columns }, (_, c) => row.reduce((sum, value, k) => sum + value * (by[k * columns + c] ?? 0), 0));
  }

  test("are the products of the rows in the requested order, whichever are cached already", () => {
    for (const ids of [[3], [4, 3, 9], [], [9, 4, 3, 4000, 17, 2, 8]]) {
      const found = products(ids) ?? [];
      expect(found).toHaveLength(ids.length);
      for (const [k, id] of ids.entries()) {
        for (const [c, value] of exact(id).entries()) expect(found[k]?.[c] ?? Number.NaN).toBeCloseTo(value, 4);
      }
    }
  });

  test("have the same bits whatever rows are computed with or before them", () => {
    const alone = products([77], new KeptProducts(engine));
    products([1, 2, 3]);
    expect(products([5, 77])?.[1]).toEqual(alone?.[0]);
    const crowd = Array.from({ length: 900 }, (_, k) => 76 + k);
    expect(products(crowd, new KeptProducts(engine))?.[1]).toEqual(alone?.[0]);
  });

  test("rows beyond the capacity evict others; too many at once are not cached", () => {
    const room = Math.floor(2 ** 23 / (weight.stride * 4));
    expect(room).toBeLessThan(words);
    const reference = new KeptProducts(engine);
    for (let start = 43; start + 1000 <= words; start += 1000) {
      const ids = Array.from({ length: 1000 }, (_, k) => start + k);
      expect(products([...ids, 42])?.at(-1)).toEqual(products([42], reference)?.[0]);
    }
    expect(products(Array.from({ length: room + 1 }, (_, k) => k))).toBeUndefined();
    expect(products([42])).toEqual(products([42], reference));
  });

  test("rows of a virtual table are identified by name", () => {
    const named = (names: readonly string[]): Float32Array[] => {
      const tape = new Tape(engine, new Arena(engine.heap), { kept });
      const input = tape.apply(operations.embed, [{ table, ids: Int32Array.from(names, (name) => name.length) }]);
      const source = { table: { name: "spellings", rows: Number.POSITIVE_INFINITY }, ids: names };
      const found = kept.multiply(tape.arena, input, source, weight);
      return Array.from(found?.rows ?? [], (row) =>
        engine.heap.floats((found?.at ?? 0) + row * weight.stride * 4, weight.stride).slice(),
      );
    };
    const one = products([1])?.[0];
    expect(named(["Ada", "b", "Acme"])[1]).toEqual(one);
    expect(named(["Acme", "c"])).toEqual([products([4])?.[0], one]);
  });

  test("follow changes of the weights, written or trained, on either side", () => {
    products([1, 2]);
    store.write(
      weight,
      store.read(weight).map((value) => 2 * value),
    );
    expect(products([1])).toEqual(products([1], new KeptProducts(engine)));
    const before = products([2])?.[0];
    const optimizer = new Optimizer(engine, store, { name: "sgd", rate: 1 });
    const dense = engine.heap.allocate(store.denseSize * 4);
    engine.heap.floats(dense, store.denseSize).fill(0.25);
    optimizer.update({ dense, tables: [] });
    expect(products([2])?.[0]).not.toEqual(before);
    expect(products([2])).toEqual(products([2], new KeptProducts(engine)));
  });

  test("a single value is filled again only when a weight has changed", () => {
    let fills = 0;
    const at = (floats: number): number => kept.once("sums", floats, (to) => void engine.heap.floats(to, floats).fill(++fills));
    expect([at(8), at(8)]).toEqual([at(8), at(8)]);
    expect(fills).toBe(1);
    store.write(weight, store.read(weight));
    expect(engine.heap.f32[at(8) / 4]).toBe(2);
    expect(engine.heap.f32[at(16) / 4 + 15]).toBe(3);
  });
});
