import type { KernelsOf } from "../contract/descriptor.ts";
import type { elementwise as contract } from "../contract/elementwise.ts";
import { logistic, type Views } from "./views.ts";

/** Sums, activations and dropout. */
export function elementwise(views: Views): KernelsOf<typeof contract> {
  return {
    add({ n, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i]! += f32[x / 4 + i]!;
    },

    addScaled({ n, factor, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i]! += Math.fround(factor) * f32[x / 4 + i]!;
    },

    scale({ n, factor, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i]! *= Math.fround(factor);
    },

    multiply({ n, x1, x2, y, accumulate }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        f32[y / 4 + i] = (accumulate ? f32[y / 4 + i]! : 0) + f32[x1 / 4 + i]! * f32[x2 / 4 + i]!;
      }
    },

    sum({ n, x }) {
      const { f32 } = views;
      let total = 0;
      for (let i = 0; i < n; i++) total += f32[x / 4 + i]!;
      return Math.fround(total);
    },

    tanhForward({ n, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i] = Math.tanh(f32[x / 4 + i]!);
    },

    tanhBackward({ n, y, dy, dx }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[dx / 4 + i]! += f32[dy / 4 + i]! * (1 - f32[y / 4 + i]! ** 2);
    },

    reluForward({ n, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i] = Math.max(f32[x / 4 + i]!, 0);
    },

    reluBackward({ n, y, dy, dx }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        if (f32[y / 4 + i]! > 0) f32[dx / 4 + i]! += f32[dy / 4 + i]!;
      }
    },

    geluForward({ n, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[y / 4 + i] = f32[x / 4 + i]! * normalShare(f32[x / 4 + i]!);
    },

    geluBackward({ n, x, dy, dx }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) {
        const at = f32[x / 4 + i]!;
        const density = Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI);
        f32[dx / 4 + i]! += f32[dy / 4 + i]! * (normalShare(at) + at * density);
      }
    },

    sigmoidRows({ m, columns, stride, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < stride; j++) {
          const cell = i * stride + j;
          f32[y / 4 + cell] = j < columns ? logistic(f32[x / 4 + cell]!) : 0;
        }
      }
    },

    sigmoidBackward({ n, y, dy, dx }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[dx / 4 + i]! += f32[dy / 4 + i]! * f32[y / 4 + i]! * (1 - f32[y / 4 + i]!);
    },

    softmaxRows({ m, columns, stride, x, y }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        const row = Array.from(f32.subarray(x / 4 + i * stride, x / 4 + i * stride + columns));
        const top = Math.max(...row);
        const powers = row.map((value) => Math.exp(value - top));
        const total = powers.reduce((sum, power) => sum + power, 0);
        for (let j = 0; j < stride; j++) f32[y / 4 + i * stride + j] = (powers[j] ?? 0) / total;
      }
    },

    softmaxBackward({ m, stride, y, dy, dx }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        let mean = 0;
        for (let j = i * stride; j < (i + 1) * stride; j++) mean += f32[y / 4 + j]! * f32[dy / 4 + j]!;
        for (let j = i * stride; j < (i + 1) * stride; j++) {
          f32[dx / 4 + j]! += f32[y / 4 + j]! * (f32[dy / 4 + j]! - mean);
        }
      }
    },

    dropoutMask({ n, rate, seed1, seed2, mask }) {
      const { f32 } = views;
      for (let i = 0; i < n; i++) f32[mask / 4 + i] = dropoutFactor(i, Math.fround(rate), seed1, seed2);
    },
  };
}

/** The i-th draw of a dropout mask; `rate` is a 32-bit float. */
export function dropoutFactor(i: number, rate: number, seed1: number, seed2: number): number {
  const unit = (hash(i ^ seed1, seed2) >>> 8) / 2 ** 24;
  return unit < rate ? 0 : 1 / Math.fround(1 - rate);
}

/**
 * Φ(x), the share of the normal distribution below x: ½ plus φ(x)·(x + x³/3 + x⁵/(3·5) + …), whose
 * terms have one sign (Abramowitz and Stegun, 26.2.11). Beyond 9 it is 0 or 1 in double precision.
 */
function normalShare(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let [term, sum] = [x, 0];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    sum += term;
    term *= (x * x) / odd;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Two rounds of the 32-bit finaliser of MurmurHash3, keyed before each. */
function hash(value: number, key: number): number {
  const first = mix(Math.imul(value, 0x9e3779b1) + key);
  return mix(first ^ (Math.imul(key, 0x85ebca6b) + 0x165667b1));
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
