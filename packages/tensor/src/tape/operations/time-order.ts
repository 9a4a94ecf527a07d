/** How packed rows are visited: at step t the sentences that have a t-th word, longest first. */
export interface TimeOrder {
  /** The packed row of each visit. */
  readonly rows: Int32Array;
  /** The visit of each packed row. */
  readonly visits: Int32Array;
  /** Where each step starts in `rows`, and where the last one ends. */
  readonly steps: Int32Array;
}

export function timeOrder(offsets: Int32Array, reversed: boolean): TimeOrder {
  const sentences = Array.from({ length: Math.max(0, offsets.length - 1) }, (_, s) => {
    const start = offsets[s] ?? 0;
    return { start, length: (offsets[s + 1] ?? start) - start };
  });
  sentences.sort((x, y) => y.length - x.length || x.start - y.start);
  const total = offsets[offsets.length - 1] ?? 0;
  const longest = sentences[0]?.length ?? 0;
  const rows = new Int32Array(total);
  const visits = new Int32Array(total);
  const steps = new Int32Array(longest + 1);
  let visit = 0;
  for (let t = 0; t < longest; t++) {
    for (const { start, length } of sentences) {
      if (t >= length) break;
      const row = reversed ? start + length - 1 - t : start + t;
      rows[visit] = row;
      visits[row] = visit;
      visit++;
    }
    steps[t + 1] = visit;
  }
  return { rows, visits, steps };
}

/** The visit of the step before, for every visit of the second step and later ones. */
export function visitsBefore({ steps }: TimeOrder): Int32Array {
  const first = steps[1] ?? 0;
  const before = new Int32Array((steps.at(-1) ?? 0) - first);
  for (let t = 1; t + 1 < steps.length; t++) {
    const [earlier = 0, start = 0, end = 0] = steps.subarray(t - 1, t + 2);
    for (let visit = start; visit < end; visit++) before[visit - first] = earlier + visit - start;
  }
  return before;
}

/**
 * @param visit the first visit of a step, how many there are, and the first visit of the step
 * before, −1 for none
 */
export function forEachStep(
  { steps }: TimeOrder,
  visit: (start: number, active: number, before: number) => void,
  order: "first first" | "last first" = "first first",
): void {
  const count = steps.length - 1;
  for (let k = 0; k < count; k++) {
    const t = order === "first first" ? k : count - 1 - k;
    const start = steps[t] ?? 0;
    visit(start, (steps[t + 1] ?? start) - start, t === 0 ? -1 : (steps[t - 1] ?? 0));
  }
}
