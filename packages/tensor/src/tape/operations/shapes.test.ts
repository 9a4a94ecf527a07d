import { expect, test } from "vitest";
import { ShapeError } from "../../errors.ts";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { Engine } from "../../tensor/engine.ts";
import { ParameterStore, zeros } from "../../tensor/parameter-store.ts";
import { Tape } from "../tape.ts";
import * as operations from "./index.ts";

const engine = Engine.create({ build: "plain", wrap: checkedKernels });
const tape = new Tape(engine, new Arena(engine.heap));
const store = new ParameterStore(engine.heap, { seed: 1 });
const weight = store.add("weight", 3, 5, zeros);
const table = store.add("words", 3, 5, zeros, { kind: "table" });
const unblocked = store.add("unblocked", 5, 15, zeros);

test("shapes that do not fit are refused, with both of them in the message", () => {
  const [narrow, wide] = [tape.matrix(2, 4), tape.matrix(2, 5)];
  const refused: Record<string, () => unknown> = {
    "weight takes 3 inputs, but got a matrix of 4 columns": () => tape.apply(operations.linear, { input: narrow, weight }),
    "cannot add [2, 5] to [2, 4]": () => tape.apply(operations.sum, [narrow, wide]),
    "a sum needs at least one matrix": () => tape.apply(operations.sum, []),
    "all lookups of a call must have the same number of ids, got 2 and 1": () =>
      tape.apply(operations.embed, [
        { table, ids: Int32Array.of(0, 1) },
        { table, ids: Int32Array.of(0) },
      ]),
    "row 4 of words, which has 3 rows and 1 fixed ones": () =>
      tape.apply(operations.embed, [{ table, ids: Int32Array.of(0, 4), fixed: { count: 1, read: () => undefined } }]),
    "row 3 of words, which has 3 rows and 0 fixed ones": () => tape.apply(operations.embed, [{ table, ids: Int32Array.of(3) }]),
    "unblocked needs 3 blocks as wide as the state, 5, but has 15 columns in 1": () => {
      const cell = { input: unblocked, hidden: unblocked, inputBias: weight, hiddenBias: weight };
      return tape.apply(operations.gru, { input: wide, hidden: wide, cell });
    },
  };
  for (const [message, action] of Object.entries(refused)) {
    expect(action).toThrow(ShapeError);
    expect(action).toThrow(message);
  }
});
