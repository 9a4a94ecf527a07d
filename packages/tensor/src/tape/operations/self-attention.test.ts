import { expect, test } from "vitest";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { Engine } from "../../tensor/engine.ts";
import { pad } from "../../tensor/parameter-store.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../tape.ts";
import { selfAttention } from "./self-attention.ts";

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });

function attend(tape: Tape, offsets: readonly number[], cells: readonly Float32Array[], heads = 2) {
  const [queries, keys, values] = cells.map((values) => {
    const matrix = tape.matrix(values.length / 8, 8);
    pad(engine.heap, matrix.at, matrix, values);
    return matrix;
  }) as [never, never, never];
  return tape.apply(selfAttention, { queries, keys, values, offsets: Int32Array.from(offsets), heads, rate: 0.5 });
}

function drawn(rows: number): Float32Array[] {
  const random = Random.of(4711, rows);
  return Array.from({ length: 3 }, () => Float32Array.from({ length: rows * 8 }, () => random.normal()));
}

test("a long sentence has the same bits alone as between others", () => {
  const [before, long, after] = [3, 130, 50];
  const cells = drawn(before + long + after);
  const all = new Tape(engine, new Arena(engine.heap));
  const together = all.read(attend(all, [0, before, before + long, before + long + after], cells));
  const alone = new Tape(engine, new Arena(engine.heap));
  const own = cells.map((values) => values.slice(8 * before, 8 * (before + long)));
  expect(alone.read(attend(alone, [0, long], own))).toEqual(together.slice(8 * before, 8 * (before + long)));
});

test("a row that attends to itself alone gets its own value", () => {
  const cells = drawn(2);
  const tape = new Tape(engine, new Arena(engine.heap));
  expect(tape.read(attend(tape, [0, 1, 2], cells))).toEqual(cells[2]);
});

test("matrices of different shapes, and heads that do not fit, are refused", () => {
  const tape = new Tape(engine, new Arena(engine.heap));
  const [short, long] = [drawn(2), drawn(3)];
  expect(() => attend(tape, [0, 2], [short[0], long[1], short[2]] as Float32Array[])).toThrow(
    "queries [2, 8] do not fit keys or values [3, 8]",
  );
  expect(() => attend(tape, [0, 2], short, 4)).toThrow("4 heads cannot share 8 columns in multiples of four");
});
