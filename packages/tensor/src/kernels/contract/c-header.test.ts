import { expect, test } from "vitest";
import { printHeader } from "./c-header.ts";
import {
  accumulated,
  count,
  flag,
  input,
  integer,
  items,
  jointKernel,
  kernel,
  output,
  scalar,
  scratch,
  stride,
} from "./descriptor.ts";
import { cells, rows } from "./extent.ts";
import { contract } from "./index.ts";

test("a declaration names every parameter in order, with its type and what lies there", () => {
  const scoreRows = jointKernel(
    "the sum of something",
    [
      count("m"),
      stride("xStride"),
      integer("first"),
      flag("accumulate"),
      scalar("factor"),
      input("x", rows("m", 4, "xStride")),
      input("index", cells("m"), "i32", "optional"),
      scratch("room", cells("m")),
      accumulated("y", cells("m", 4), "accumulate"),
      output("records", cells("m", 4), "word"),
    ],
    "f64",
  );
  expect(printHeader({ scoreRows })).toContain(`
/* the sum of something */
double weft_score_rows(
    int32_t m,
    int32_t x_stride,
    int32_t first,
    int32_t accumulate, /* 0 or 1 */
    float factor,
    const float *x, /* read, m × 4, rows xStride apart */
    const int32_t *index, /* read, m, or NULL */
    float *room, /* scratch, m */
    float *y, /* changed, m × 4 */
    void *records /* written, m × 4 */
);
`);
});

test("a kernel says which of its counts has independent items, or that there is none", () => {
  const doubled = kernel("y = 2·x", [items("n", 4), input("x", cells("n")), output("y", cells("n"))]);
  expect(doubled.parameters[0]).toEqual({ name: "n", kind: "count", piece: 4 });
  // @ts-expect-error a kernel without a decision
  kernel("y = 2·x", [count("n"), input("x", cells("n")), output("y", cells("n"))]);
});

test("every kernel is declared once, and no comment ends early", () => {
  const header = printHeader(contract);
  const names = [...header.matchAll(/^\w+ weft_(\w+)\($/gm)].map((match) => match[1]);
  expect(names).toHaveLength(Object.keys(contract).length);
  expect(new Set(names).size).toBe(names.length);
  expect(header.match(/\/\*/g)?.length).toBe(header.match(/\*\//g)?.length);
});
