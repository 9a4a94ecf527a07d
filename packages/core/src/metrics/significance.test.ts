import { expect, test } from "vitest";
import type { Counts } from "./counts.ts";
import { approximateRandomisation, meanAndDeviation, pairedBootstrap, type UniformSource } from "./significance.ts";

/** mulberry32, so that the tests do not depend on our own generator. */
function seeded(seed: number): UniformSource {
  let state = seed;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

const right: Counts = { predicted: 1, gold: 1, correct: 1 };
const wrong: Counts = { predicted: 1, gold: 1, correct: 0 };

function system(accuracy: number, sentences: number, seed: number): Counts[] {
  const random = seeded(seed);
  return Array.from({ length: sentences }, () => (random.next() < accuracy ? right : wrong));
}

test("two sentences, computed by hand", () => {
  const options = { random: seeded(1) };
  // There are four ways to swap. Both and none give |difference| 1, the other two give 0: p is one
  // half.
  const shuffled = approximateRandomisation([right, right], [wrong, wrong], options);
  expect(shuffled).toMatchObject({ first: 1, second: 0, difference: 1 });
  expect(shuffled.p).toBeCloseTo(0.5, 1);
  // Every resample has the difference 1, so the interval is a point and no resample is as far from
  // 1 as 1 is from 0.
  const resampled = pairedBootstrap([right, right], [wrong, wrong], options);
  expect(resampled).toMatchObject({ difference: 1, low: 1, high: 1, p: 1 / 10_001 });
  // One right each: resamples give −1, 0, 0, 1 with equal weight, and all are at least as far as
  // the observed 0.
  expect(pairedBootstrap([right, wrong], [wrong, right], options)).toMatchObject({ difference: 0, low: -1, high: 1, p: 1 });
});

test("the same seed gives the same comparison, and another seed nearly the same", () => {
  const [one, other] = [system(0.7, 200, 2), system(0.6, 200, 3)];
  for (const compare of [pairedBootstrap, approximateRandomisation]) {
    const first = compare(one, other, { random: seeded(4) });
    expect(compare(one, other, { random: seeded(4) })).toEqual(first);
    const second = compare(one, other, { random: seeded(5) });
    expect(Math.abs(second.p - first.p)).toBeLessThan(0.03);
  }
});

test("equal systems do not differ, but a clearly better one does", () => {
  const same = system(0.5, 300, 6);
  expect(approximateRandomisation(same, same, { random: seeded(7) }).p).toBe(1);
  expect(pairedBootstrap(same, same, { random: seeded(7) })).toMatchObject({ low: 0, high: 0, p: 1 });
  const better = pairedBootstrap(system(0.8, 300, 8), system(0.5, 300, 9), { random: seeded(10) });
  expect(better.low).toBeGreaterThan(0);
  expect(better.p).toBeLessThan(0.01);
  const turned = pairedBootstrap(system(0.5, 300, 9), system(0.8, 300, 8), { random: seeded(10) });
  expect(turned.low).toBeCloseTo(-better.high, 12);
});

test("under the null hypothesis p is small about as often as it should be", () => {
  // 60 pairs of equally good systems: at a level of 0.2 about 12 are called different; 26 would be
  // 4 deviations away.
  const called = (compare: typeof approximateRandomisation) =>
    Array.from({ length: 60 }, (_, i) =>
      compare(system(0.6, 60, 100 + i), system(0.6, 60, 500 + i), { random: seeded(i) }),
    ).filter(({ p }) => p < 0.2).length;
  expect(called(approximateRandomisation)).toBeLessThan(26);
  expect(called(pairedBootstrap)).toBeLessThan(26);
  expect(called(approximateRandomisation)).toBeGreaterThan(1);
});

test("compares precision and recall too", () => {
  const cautious = [right, { predicted: 0, gold: 1, correct: 0 }];
  const options = { random: seeded(1) };
  expect(pairedBootstrap(cautious, [right, wrong], { ...options, rate: "precision" })).toMatchObject({ first: 1, second: 0.5 });
  expect(pairedBootstrap(cautious, [right, wrong], { ...options, rate: "recall" }).difference).toBe(0);
});

test("refuses too few resamples, and unequal or empty lists", () => {
  const random = seeded(1);
  expect(() => pairedBootstrap([right], [wrong], { random, resamples: 9999 })).toThrow(/at least 10000, found 9999/);
  expect(() => pairedBootstrap([right], [wrong], { random, confidence: 95 })).toThrow(/confidence/);
  expect(() => approximateRandomisation([right], [], { random })).toThrow(/one has 1 and the other 0/);
  expect(() => approximateRandomisation([], [], { random })).toThrow(/CORPUS_EMPTY/);
});

test("mean and sample standard deviation over seeds", () => {
  // Mean 62; squares 4 + 0 + 4 = 8 over n − 1 = 2.
  expect(meanAndDeviation([60, 62, 64])).toEqual({ values: [60, 62, 64], mean: 62, deviation: 2 });
  expect(meanAndDeviation([0.5])).toEqual({ values: [0.5], mean: 0.5, deviation: null });
  expect(() => meanAndDeviation([])).toThrow(/CORPUS_EMPTY/);
});
