import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import { type Matrix, padded } from "../../tensor/matrix.ts";
import type { Operation, Tape } from "../tape.ts";

/** What the rows of sentences ask, answer and say, and whose rows they are. */
export interface SelfAttentionInput {
  /** Q, K and V, [ΣN, D]; head h has the columns from h·D / heads on. */
  readonly queries: Matrix;
  readonly keys: Matrix;
  readonly values: Matrix;
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  /** How many heads share the columns; D / heads is a multiple of 4. */
  readonly heads: number;
  /** The share of weights that training sets to zero, 0 ≤ rate < 1; defaults to 0. */
  readonly rate?: number | undefined;
}

interface Saved {
  readonly input: SelfAttentionInput;
  readonly output: Matrix;
  readonly logSum: Address;
  readonly call: ReturnType<typeof callOf>;
}

/** Rows of a head's scores that are held at once: they stay in the cache however long a sentence. */
const block = 48;

/**
 * softmax(Q·Kᵀ / √(D / heads))·V for each head and sentence, side by side: multi-head self-attention
 * (Vaswani et al. 2017, eq. 1), [ΣN, D]. A row attends to the rows of its own sentence. Nothing is
 * padded, and no matrix of weights is kept: the working space is linear in the longest sentence.
 *
 * @throws {ShapeError} if Q, K and V differ in shape, or the heads do not share the columns in
 *   multiples of four
 */
export const selfAttention: Operation<SelfAttentionInput, Matrix, Saved> = {
  forward(tape, input) {
    checkShapes(input);
    const { queries, heads } = input;
    const output = tape.matrix(queries.rows, queries.columns); // [ΣN, D]
    const logSum = tape.scratch(queries.rows * heads);
    const call = callOf(tape, input);
    const scratch = tape.scratch((call.size + block) * call.longest);
    tape.kernels.attendForward({ ...call, y: output.at, logSum, scratch });
    return { output, saved: { input, output, logSum, call } };
  },

  backward(tape, { input: { queries, keys, values }, output, logSum, call }) {
    tape.kernels.attendBackward({
      ...call,
      y: output.at,
      logSum,
      dy: output.grad,
      dQueries: tape.gradientRoom(queries),
      dKeys: tape.gradientRoom(keys),
      dValues: tape.gradientRoom(values),
      scratch: tape.scratch(2 * (call.size + block) * call.longest),
    });
  },
};

/** The fields that both kernels read. */
function callOf(tape: Tape, { queries, keys, values, offsets, heads, rate = 0 }: SelfAttentionInput) {
  const count = Math.max(0, offsets.length - 1);
  const spans = new Int32Array(2 * count);
  let longest = 0;
  for (let s = 0; s < count; s++) {
    const [start, end] = [offsets[s] ?? 0, offsets[s + 1] ?? 0];
    spans.set([start, end], 2 * s);
    longest = Math.max(longest, end - start);
  }
  const size = queries.columns / heads;
  const active = tape.training && rate > 0;
  const [seed1, seed2] = active ? tape.nextMaskSeeds() : [0, 0];
  return {
    count,
    heads,
    size,
    longest: padded(longest),
    block,
    stride: queries.stride,
    spans: tape.integers(spans),
    queries: queries.at,
    keys: keys.at,
    values: values.at,
    factor: 1 / Math.sqrt(size),
    rate: active ? rate : 0,
    seed1,
    seed2,
  };
}

function checkShapes({ queries, keys, values, heads }: SelfAttentionInput): void {
  const { rows, columns } = queries;
  for (const other of [keys, values]) {
    if (other.rows === rows && other.columns === columns) continue;
    throw new ShapeError(`queries [${rows}, ${columns}] do not fit keys or values [${other.rows}, ${other.columns}]`);
  }
  if (!Number.isInteger(heads) || heads < 1 || columns % (4 * heads) !== 0) {
    throw new ShapeError(`${heads} heads cannot share ${columns} columns in multiples of four`);
  }
}
