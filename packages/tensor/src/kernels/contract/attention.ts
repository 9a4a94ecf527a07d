import { count, inOut, input, integer, items, kernel, output, scalar, scratch, stride } from "./descriptor.ts";
import { cells, type Extent, reached, reachedRows, room } from "./extent.ts";

/**
 * Columns of one head: those of head h start at h × size. Sentences lie end to end, and `spans` has
 * the first row of each and the row after its last one.
 */
const heads: Extent = reachedRows("spans", ["heads", "size"], "stride");

/** The sentences, what is read of them, and what scales and drops their weights. */
const read = [
  items("count"),
  count("heads"),
  count("size"),
  count("longest"),
  count("block"),
  stride("stride"),
  input("spans", cells("count", 2), "i32"),
  input("queries", heads),
  input("keys", heads),
  input("values", heads),
  scalar("factor"),
  scalar("rate"),
  integer("seed1"),
  integer("seed2"),
] as const;

/**
 * Multi-head self-attention of sentences of any length, without padding. `size` and `longest` are
 * multiples of 4, and no sentence has more rows than `longest`. `block` rows of a head's scores are
 * held at once; it changes no bit of the forward kernel.
 *
 * A weight P is dropped with probability `rate` and else divided by 1 − rate: D is the mask that
 * `dropoutMask` draws for a row with seed1 + 0x9e3779b1·row and seed2 + 0x85ebca6b·h, in 32 bits.
 * The row is counted from the address of the queries.
 */
export const attention = {
  attendForward: kernel(
    "y = (P∘D)·V with P = softmax(factor·Q·Kᵀ), for the rows of each span and the columns of each head; logSum[i, h] = ln Σ_j e^(factor·Q[i]·K[j])",
    [
      ...read,
      output("y", heads),
      output("logSum", reached("spans", "heads")),
      scratch(
        "scratch",
        room("(size + block) × longest", (number) => (number("size") + number("block")) * number("longest")),
      ),
    ],
  ),

  attendBackward: kernel("the gradient of attendForward, from its output and its logSum", [
    ...read,
    input("y", heads),
    input("logSum", reached("spans", "heads")),
    input("dy", heads),
    inOut("dQueries", heads),
    inOut("dKeys", heads),
    inOut("dValues", heads),
    scratch(
      "scratch",
      room("2 × (size + block) × longest", (number) => 2 * (number("size") + number("block")) * number("longest")),
    ),
  ]),
};
