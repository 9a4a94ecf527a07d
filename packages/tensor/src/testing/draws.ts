import { padded } from "../tensor/matrix.ts";
import type { Random } from "../tensor/random.ts";

const edgeValues = [0, -0, 1e-37, -1e-37, 1e-8, 0.624, 0.625, -0.626, 86.9, -86.9, 88.5, -88.5, 90, -90, 1e4, -1e4];

export function normals(random: Random, count: number, deviation = 1): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal() * deviation);
}

/**
 * Ordinary numbers, mixed with those on which exponentials and comparisons go wrong: tiny ones,
 * ties, huge scores.
 */
export function edges(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () =>
    random.next() < 0.5 ? random.normal() * 3 : (edgeValues[random.integer(edgeValues.length)] ?? 0),
  );
}

/** Numbers between 0 and 1, occasionally exactly 0 or 1. */
export function shares(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => Math.min(1, Math.max(0, random.next() * 1.1 - 0.05)));
}

/** Rows of padded(columns) floats whose padding is zero. */
export function paddedRows(rows: number, columns: number, draw: (count: number) => Float32Array): Float32Array {
  const stride = padded(columns);
  const values = new Float32Array(rows * stride);
  for (let i = 0; i < rows; i++) values.set(draw(columns), i * stride);
  return values;
}

export function integersBelow(random: Random, count: number, below: number): Int32Array {
  return Int32Array.from({ length: count }, () => random.integer(below));
}

/** Counts of rows and columns around the vectors of four, with the stride of their matrix. */
export const rowShapes = [0, 1, 2, 5].flatMap((m) =>
  [1, 3, 4, 5, 8, 23].map((columns) => ({ m, columns, stride: padded(columns) })),
);

/** Rows that sum to one, padded by zeros. */
export function probabilities(random: Random, rows: number, columns: number, scale = 1): Float32Array {
  return paddedRows(rows, columns, (n) => {
    const scores = Array.from(normals(random, n, scale));
    const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return Float32Array.from(powers, (power) => power / total);
  });
}

/** Rows `stride` apart with NaN between them, so that a read past a row spoils the result. */
export function spacedRows(random: Random, rows: number, columns: number, stride: number): Float32Array {
  const values = new Float32Array(rows * stride).fill(Number.NaN);
  for (let i = 0; i < rows; i++) values.set(normals(random, columns), i * stride);
  return values;
}
