import { padded } from "../tensor/matrix.ts";
import type { Random } from "../tensor/random.ts";

const edgeValues = [0, -0, 1e-40, -1e-40, 1e-8, 0.624, 0.625, -0.626, 86.9, -86.9, 88.5, -88.5, 90, -90, 1e4, -1e4];

export function normals(random: Random, count: number, deviation = 1): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal() * deviation);
}

/** Ordinary numbers, mixed with those on which exponentials and comparisons go wrong: denormals, ties, huge scores. */
export function edges(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () =>
    random.next() < 0.5 ? random.normal() * 3 : (edgeValues[random.integer(edgeValues.length)] ?? 0),
  );
}

/** Between 0 and 1, both ends included now and then. */
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
