import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Operation } from "../tape/tape.ts";
import type { Matrix } from "../tensor/matrix.ts";
import { describeOp, opCase } from "./index.ts";

interface ScaledInput {
  readonly input: Matrix;
  readonly factor: number;
}

/** factor · x, [N, D] to [N, D]. */
export const scaled: Operation<ScaledInput, Matrix, ScaledInput & { output: Matrix }> = {
  forward(tape, { input, factor }) {
    const output = tape.matrix(input.rows, input.columns); // [N, D]
    const n = input.rows * input.stride;
    tape.heap.clear(output.at, n * 4);
    tape.kernels.addScaled({ n, factor, x: input.at, y: output.at });
    return { output, saved: { input, factor, output } };
  },

  backward(tape, { input, factor, output }) {
    if (input.grad === 0) return;
    tape.kernels.addScaled({ n: input.rows * input.stride, factor, x: output.grad, y: input.grad });
  },
};

describeOp(
  "scaled",
  opCase({
    matrices: ({ width }) => ({ x: width }),
    parameters: () => ({}),
    run: (tape, { x }) => tape.apply(scaled, { input: x, factor: 3 }),
    formula: ({ x }) => x.map((row) => row.map((value) => 3 * value)),
  }),
);

test("the operation of the README is this one", () => {
  const [readme, here] = ["../../README.md", "own-operation.test.ts"].map((path) =>
    readFileSync(new URL(path, import.meta.url), "utf8"),
  ) as [string, string];
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => (match[1] ?? "").replace(/^import .*\n+/gm, ""));
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(here).toContain(block.trim());
});
