import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random, type RandomState } from "./random.ts";

/** sfc32 on unsigned big integers, as its author states it. */
function* sfc32(state: RandomState): Generator<number> {
  const word = (value: bigint) => BigInt.asUintN(32, value);
  let [a, b, c, counter] = state.map((value) => word(BigInt(value))) as [bigint, bigint, bigint, bigint];
  for (;;) {
    const sum = word(a + b + counter);
    counter = word(counter + 1n);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word(((c << 21n) | (c >> 11n)) + sum);
    yield Number(sum);
  }
}

const anyWord = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test("words are those of sfc32, from any state", () => {
  fc.assert(
    fc.property(fc.tuple(anyWord, anyWord, anyWord, anyWord), (state) => {
      const random = new Random(state);
      const reference = sfc32(state);
      for (let i = 0; i < 40; i++) expect(random.word()).toBe(reference.next().value);
    }),
  );
});

test("a saved state continues the stream, also through JSON", () => {
  const random = Random.of(7, "batch", 3);
  random.normal();
  const state = JSON.parse(JSON.stringify(random.state)) as RandomState;
  const expected = Array.from({ length: 10 }, () => random.next());
  const again = new Random(state);
  expect(Array.from({ length: 10 }, () => again.next())).toEqual(expected);
});

describe("streams by name", () => {
  const first = (seed: number, ...labels: (string | number)[]) => Random.of(seed, ...labels).state.join();

  test("equal seeds and labels give equal streams, anything else another one", () => {
    expect(first(7, "a")).toBe(first(7, "a"));
    const others = [
      first(7),
      first(8),
      first(-7),
      first(7 + 2 ** 32),
      first(7, "a"),
      first(7, "b"),
      first(7, "a", "a"),
      first(7, "ab"),
      first(7, "a", "b"),
      first(7, "b", "a"),
      first(7, ""),
      first(7, "", ""),
      first(7, 1),
      first(7, 2),
      first(7, 1, 2),
      first(7, 12),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test("drawing from one stream does not move another", () => {
    const kept = Random.of(7, "weights").word();
    const other = Random.of(7, "masks");
    for (let i = 0; i < 100; i++) other.word();
    expect(Random.of(7, "weights").word()).toBe(kept);
  });

  test("neighbouring streams are not correlated", () => {
    const count = 4000;
    const draws = [1, 2].map((label) => {
      const random = Random.of(7, "batch", label);
      return Array.from({ length: count }, () => random.next() - 0.5);
    }) as [number[], number[]];
    const covariance = draws[0].reduce((sum, value, k) => sum + value * (draws[1][k] ?? 0), 0) / count;
    // The correlation of independent streams has deviation 1/√count; five of them are far out.
    expect(Math.abs(covariance * 12)).toBeLessThan(5 / Math.sqrt(count));
  });
});

test("numbers are spread evenly: χ² over 100 cells, for several seeds", () => {
  for (const seed of [0, 1, 2, 4711, -1]) {
    const random = Random.of(seed);
    const counts = new Int32Array(100);
    for (let i = 0; i < 100_000; i++) counts[random.integer(100)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: the 0.01 % and 99.99 % quantiles.
    expect(chiSquare).toBeGreaterThan(52);
    expect(chiSquare).toBeLessThan(162);
  }
});

test("normal numbers have mean 0, deviation 1 and no infinities", () => {
  const random = Random.of(5);
  const values = Array.from({ length: 40_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(values.every(Number.isFinite)).toBe(true);
  expect(Math.abs(mean)).toBeLessThan(0.025);
  expect(Math.abs(variance - 1)).toBeLessThan(0.035);
  expect(values.filter((value) => Math.abs(value) > 1.96).length / values.length).toBeCloseTo(0.05, 2);
});

test("a shuffle keeps the items, and every order of three comes up equally often", () => {
  const random = Random.of(9);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle([1, 2, 3]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect(random.shuffle(Int32Array.of(5, 6, 7, 8)).sort()).toEqual(Int32Array.of(5, 6, 7, 8));
  expect(random.shuffle([])).toEqual([]);
});
