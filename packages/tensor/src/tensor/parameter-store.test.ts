import { describe, expect, test } from "vitest";
import { TensorError } from "../errors.ts";
import { Heap } from "../memory/heap.ts";
import { glorot, normal, ParameterStore, pad, uniform, unpad, zeros } from "./parameter-store.ts";

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof TensorError) return error.code;
    throw error;
  }
  return undefined;
}

const counting = (count: number) => Float32Array.from({ length: count }, (_, k) => k + 1);

describe("layout", () => {
  const store = new ParameterStore(Heap.create(), { seed: 1 });
  const gates = store.add("cell/gates", 2, 9, zeros, { blocks: 3 });
  const table = store.add("words", 5, 6, zeros, { kind: "table" });
  const bias = store.add("bias", 1, 5, zeros);

  test("each block of columns is padded on its own", () => {
    expect(gates.stride).toBe(12);
    store.write(gates, counting(18));
    expect([...store.heap.floats(gates.at, 24)]).toEqual(
      [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 12, 0, 13, 14, 15, 0, 16, 17, 18, 0], // rows of three blocks
    );
    expect(store.read(gates)).toEqual(counting(18));
  });

  test("dense parameters lie one after the other in a gradient buffer, rows in fours; tables do not lie there", () => {
    expect([gates.slice, table.slice, bias.slice]).toEqual([0, -1, 4 * 12]);
    expect(store.denseSize).toBe(4 * 12 + 4 * 8);
  });

  test("kernels that take the rows of a weight in fours find zeros past the last one", () => {
    store.write(gates, counting(18));
    expect(gates.transposed - gates.at).toBeGreaterThanOrEqual(4 * 12 * 4);
    expect([...store.heap.floats(gates.at + 2 * 12 * 4, 2 * 12)]).toEqual(new Array(24).fill(0));
  });

  test("running statistics have neither a gradient nor a transposed copy", () => {
    const { slice, transposed } = store.add("running", 1, 5, zeros, { kind: "running" });
    expect([slice, transposed, store.denseSize]).toEqual([-1, 0, 4 * 12 + 4 * 8]);
  });

  test("tables have no transposed copy", () => {
    expect(table.transposed).toBe(0);
    expect(gates.transposed).not.toBe(0);
  });

  test("writing the wrong number of values says what was expected", () => {
    expect(codeOf(() => store.write(gates, counting(17)))).toBe("SHAPE_MISMATCH");
    expect(() => store.write(gates, counting(17))).toThrow(/cell\/gates holds 2 × 9 numbers, but got 17/);
  });
});

test("padding and taking it off again changes nothing, for any shape", () => {
  const heap = Heap.create();
  for (const blocks of [1, 2, 3, 4]) {
    for (const width of [1, 3, 4, 5]) {
      for (const rows of [0, 1, 3]) {
        const shape = { rows, columns: blocks * width, stride: blocks * Math.ceil(width / 4) * 4, blocks };
        const at = heap.allocate(rows * shape.stride * 4);
        const values = counting(rows * shape.columns);
        pad(heap, at, shape, values);
        expect(unpad(heap, at, shape)).toEqual(values);
        const kept = heap.floats(at, rows * shape.stride).filter((value) => value !== 0);
        expect(kept).toEqual(values);
      }
    }
  }
});

describe("names", () => {
  test("a name is taken once", () => {
    const store = new ParameterStore(Heap.create(), { seed: 1 });
    store.add("a", 1, 1, zeros);
    expect(codeOf(() => store.add("a", 1, 1, zeros))).toBe("PARAMETER_TWICE");
    expect(store.get("a").name).toBe("a");
    expect(codeOf(() => store.get("b"))).toBe("PARAMETER_UNKNOWN");
  });

  test("a second store attaches to the same cells, whatever the order", () => {
    const heap = Heap.create();
    const store = new ParameterStore(heap, { seed: 1 });
    const a = store.add("a", 2, 3, normal(1));
    const words = store.add("words", 4, 3, normal(1), { kind: "table" });
    const b = store.add("b", 3, 2, normal(1));
    const attached = new ParameterStore(new Heap(heap.memory), { layout: structuredClone(store.layout) });
    expect(attached.add("b", 3, 2, zeros)).toEqual(b);
    expect(attached.add("words", 4, 3, zeros, { kind: "table" })).toEqual(words);
    expect(attached.add("a", 2, 3, zeros)).toEqual(a);
    expect(attached.denseSize).toBe(store.denseSize);
    expect(attached.read(a)).toEqual(store.read(a));
    expect(codeOf(() => attached.add("c", 1, 1, zeros))).toBe("PARAMETER_UNKNOWN");
  });

  test("attaching to another shape is an error", () => {
    const store = new ParameterStore(Heap.create(), { seed: 1 });
    store.add("a", 2, 3, zeros);
    const attached = new ParameterStore(store.heap, { layout: store.layout });
    expect(codeOf(() => attached.add("a", 3, 2, zeros))).toBe("PARAMETER_UNKNOWN");
  });
});

describe("first values", () => {
  test("depend on the seed and the name alone, not on what else there is", () => {
    const alone = new ParameterStore(Heap.create(), { seed: 3 });
    const among = new ParameterStore(Heap.create(), { seed: 3 });
    const other = new ParameterStore(Heap.create(), { seed: 4 });
    const kept = alone.read(alone.add("a", 5, 5, glorot));
    among.add("before", 7, 7, glorot);
    expect(among.read(among.add("a", 5, 5, glorot))).toEqual(kept);
    expect(among.read(among.add("b", 5, 5, glorot))).not.toEqual(kept);
    expect(other.read(other.add("a", 5, 5, glorot))).not.toEqual(kept);
  });

  test("keep to their limits", () => {
    const store = new ParameterStore(Heap.create(), { seed: 3 });
    const largest = (values: Float32Array) => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    const limit = Math.sqrt(6 / 70);
    const spread = largest(store.read(store.add("glorot", 30, 40, glorot)));
    expect(spread).toBeLessThanOrEqual(limit);
    expect(spread).toBeGreaterThan(0.97 * limit);
    expect(largest(store.read(store.add("uniform", 30, 40, uniform(0.1))))).toBeLessThanOrEqual(Math.fround(0.1));
    const drawn = store.read(store.add("normal", 50, 40, normal(2)));
    expect(Math.sqrt(drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length)).toBeCloseTo(2, 0);
  });
});
