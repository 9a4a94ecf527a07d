import type { Address } from "../../kernels/kernels.ts";
import { padded } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Tape } from "../tape.ts";
import { type TimeOrder, visitsBefore } from "./time-order.ts";

/**
 * Adds the gradient of the weight that recurrent states are multiplied by: one product over all
 * visits that have one before them, rather than one product a step.
 *
 * @param states of all visits, in rows as wide as a padded state
 * @param slopes gradients of the products of all visits, in rows as wide as the weight
 */
export function reverseStateProducts(tape: Tape, order: TimeOrder, weight: Parameter, states: Address, slopes: Address): void {
  const { kernels } = tape;
  const width = padded(weight.rows);
  const wide = weight.stride;
  const before = visitsBefore(order);
  if (before.length === 0) return;
  const previous = tape.scratch(before.length * width);
  kernels.gatherRows({
    m: before.length,
    n: width,
    index: tape.integers(before),
    x: states,
    xStride: width,
    y: previous,
    yStride: width,
  });
  kernels.gemmTransposed({
    m: weight.rows,
    n: wide,
    k: before.length,
    a: previous,
    aStride: width,
    b: slopes + (order.rows.length - before.length) * wide * 4,
    bStride: wide,
    c: tape.gradientOf(weight),
    cStride: wide,
    accumulate: 1,
  });
}
