import type { attention } from "../../kernels/contract/attention.ts";
import type { Random } from "../../tensor/random.ts";
import { normals, spacedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

/** Sentences of one word, shorter and longer than a block, around the vectors; an empty one. */
const sentences = [[], [1], [3, 0, 1, 5], [4, 8], [13, 2], [37]];
const shapes = [
  { heads: 1, size: 4, stride: 4, block: 4 },
  { heads: 2, size: 8, stride: 20, block: 6 },
  { heads: 3, size: 20, stride: 60, block: 48 },
];

function* calls(random: Random) {
  for (const lengths of sentences) {
    const spans = Int32Array.from(
      lengths.flatMap((length, s) => {
        const start = lengths.slice(0, s).reduce((sum, before) => sum + before, 0);
        return [start, start + length];
      }),
    );
    for (const shape of shapes) {
      const { heads, size, stride } = shape;
      const rows = spans.at(-1) ?? 0;
      const drawn = (): Float32Array => {
        const values = spacedRows(random, rows, heads * size, stride);
        return rows === 0 ? values : values.subarray(0, values.length - (stride - heads * size));
      };
      for (const rate of [0, 0.3]) {
        const [seed1, seed2] = [random.word() | 0, random.word() | 0];
        const longest = 40;
        const given = { count: lengths.length, ...shape, longest, spans, factor: 0.35, rate, seed1, seed2 };
        yield { drawn, rows, given: { ...given, queries: drawn(), keys: drawn(), values: drawn() } };
      }
    }
  }
}

export const attentionCases: CasesOf<typeof attention> = {
  *attendForward(random) {
    for (const { drawn, rows, given } of calls(random)) {
      const empty = { y: drawn().fill(Number.NaN), logSum: new Float32Array(rows * given.heads).fill(Number.NaN) };
      yield { given: { ...given, ...empty }, tolerance: { relative: 5e-6, absolute: 5e-6 } };
      // Scores whose exponentials overflow.
      const huge = { queries: given.queries.map((value) => 100 * value), keys: given.keys.map((value) => 100 * value) };
      yield { given: { ...given, ...empty, ...huge, factor: 0.001 }, tolerance: { relative: 5e-5, absolute: 5e-5 } };
    }
  },

  *attendBackward(random) {
    for (const { drawn, rows, given } of calls(random)) {
      const outcome = { y: drawn(), dy: drawn(), logSum: normals(random, rows * given.heads).map((value) => 4 + value) };
      const gradients = { dQueries: drawn(), dKeys: drawn(), dValues: drawn() };
      yield { given: { ...given, ...outcome, ...gradients }, tolerance: { relative: 2e-5, absolute: 2e-5 } };
    }
  },
};
