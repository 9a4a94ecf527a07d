import { expect, test } from "vitest";
import { checkedKernels } from "../kernels/checked-kernels.ts";
import { Arena } from "../memory/arena.ts";
import type { RowGradient } from "../tape/tape.ts";
import { Engine } from "../tensor/engine.ts";
import { type Parameter, ParameterStore, pad, unpad, zeros } from "../tensor/parameter-store.ts";
import { Random } from "../tensor/random.ts";
import { GradientCollector, mergeRows, type TableGradient } from "./gradients.ts";

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });
const store = new ParameterStore(engine.heap, { seed: 1 });
const words = store.add("words", 9, 3, zeros, { kind: "table" });
const shapes = store.add("shapes", 4, 5, zeros, { kind: "table" });
const weight = store.add("weight", 2, 3, zeros);
const random = Random.of(4711);

function drawRows(parameter: Parameter, ids: number[]): RowGradient {
  const at = engine.heap.allocate(ids.length * parameter.stride * 4);
  const cells = Float32Array.from({ length: ids.length * parameter.columns }, () => random.normal());
  pad(engine.heap, at, { ...parameter, rows: ids.length }, cells);
  return { parameter, ids: Int32Array.from(ids), at };
}

/** The whole table's gradient. */
function spread(gradients: readonly (RowGradient | TableGradient)[], parameter: Parameter): number[] {
  const total = new Array<number>(parameter.rows * parameter.columns).fill(0);
  for (const { parameter: of, ids, at } of gradients) {
    if (of !== parameter) continue;
    const cells = unpad(engine.heap, at, { ...parameter, rows: ids.length });
    for (const [k, id] of ids.entries()) {
      for (let j = 0; j < parameter.columns; j++) total[id * parameter.columns + j]! += cells[k * parameter.columns + j] ?? 0;
    }
  }
  return total;
}

function close(want: number[]): unknown[] {
  return want.map((value) => expect.closeTo(value, 5));
}

test("merged rows hold each row once, in order of first occurrence, with the same sum", () => {
  const parts = [drawRows(words, [3, 1, 3]), drawRows(shapes, [2, 2]), drawRows(words, [8, 1, 0]), drawRows(words, [])];
  const merged = mergeRows(engine, new Arena(engine.heap), parts);
  expect(merged.map(({ parameter, ids }) => [parameter.name, [...ids]])).toEqual([
    ["words", [3, 1, 8, 0]],
    ["shapes", [2]],
  ]);
  for (const table of [words, shapes]) expect(spread(merged, table)).toEqual(close(spread(parts, table)));
  expect(mergeRows(engine, new Arena(engine.heap), [])).toEqual([]);
});

test("a collector adds chunks in order, and starts from zero each time", () => {
  const collector = new GradientCollector(engine, store);
  const arena = new Arena(engine.heap);
  for (const round of [0, 1]) {
    const chunks = [drawRows(words, [1, 2 + round]), drawRows(words, [2, 1])].map((rows) => {
      const dense = engine.heap.allocate(store.denseSize * 4);
      pad(
        engine.heap,
        dense,
        weight,
        Array.from({ length: 6 }, () => random.normal()),
      );
      return { dense, tables: mergeRows(engine, arena, [rows]) };
    });
    const denseSum = Array.from({ length: store.denseSize }, (_, k) =>
      chunks.reduce((sum, { dense }) => sum + (engine.heap.f32[dense / 4 + k] ?? 0), 0),
    );
    const wanted = spread(
      chunks.flatMap((chunk) => chunk.tables),
      words,
    );
    const total = collector.collect(chunks);
    expect([...engine.heap.floats(total.dense, store.denseSize)]).toEqual(close(denseSum));
    expect(spread(total.tables, words)).toEqual(close(wanted));
    expect(total.tables.map(({ ids }) => [...ids])).toEqual([round === 0 ? [1, 2] : [1, 3, 2]]);
  }
  const nothing = collector.collect([]);
  expect(engine.heap.floats(nothing.dense, store.denseSize).every((value) => value === 0)).toBe(true);
  expect(nothing.tables).toEqual([]);
});
