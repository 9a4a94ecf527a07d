/**
 * A linear chain over n tokens and T tags, in scores (logarithms). −Infinity forbids a tag, a step,
 * a first or a last tag.
 */
export interface Chain {
  /** [n, T] */
  readonly scores: Float64Array;
  /** From the row's tag to the column's, [T, T]. */
  readonly transitions: Float64Array;
  /** [T] each */
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/** How often each part of a chain occurs, on average over its paths. */
export interface Expectations {
  readonly logPartition: number;
  readonly scores: Float64Array;
  readonly transitions: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

/**
 * Runs the forward-backward algorithm over the paths of a chain (Rabiner 1989), in logarithms. A
 * chain without tokens has one path.
 */
export function expectations(chain: Chain): Expectations {
  const { scores, transitions, start, end } = chain;
  const T = start.length;
  const n = lengthOf(chain);
  const found = {
    scores: new Float64Array(n * T),
    transitions: new Float64Array(T * T),
    start: new Float64Array(T),
    end: new Float64Array(T),
  };
  if (n === 0) return { logPartition: 0, ...found };
  const ahead = new Float64Array(n * T);
  const room = new Float64Array(T);
  for (let t = 0; t < T; t++) ahead[t] = (start[t] ?? 0) + (scores[t] ?? 0);
  for (let i = 1; i < n; i++) {
    for (let t = 0; t < T; t++) {
      for (let u = 0; u < T; u++) room[u] = (ahead[(i - 1) * T + u] ?? 0) + (transitions[u * T + t] ?? 0);
      ahead[i * T + t] = logSum(room) + (scores[i * T + t] ?? 0);
    }
  }
  for (let t = 0; t < T; t++) room[t] = (ahead[(n - 1) * T + t] ?? 0) + (end[t] ?? 0);
  const logPartition = logSum(room);
  const behind = backwardMessages(chain);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < T; t++) {
      const share = Math.exp((ahead[i * T + t] ?? 0) + (behind[i * T + t] ?? 0) - logPartition);
      found.scores[i * T + t] = share;
      if (i === 0) found.start[t] = share;
      if (i === n - 1) found.end[t] = share;
      for (let u = 0; u < T && i > 0; u++) {
        const step = (ahead[(i - 1) * T + u] ?? 0) + (transitions[u * T + t] ?? 0) + (scores[i * T + t] ?? 0);
        found.transitions[u * T + t] =
          (found.transitions[u * T + t] ?? 0) + Math.exp(step + (behind[i * T + t] ?? 0) - logPartition);
      }
    }
  }
  return { logPartition, ...found };
}

/** For each token and tag, the log of the total weight of all continuations, [n, T]. */
export function backwardMessages(chain: Chain): Float64Array {
  const { scores, transitions, end } = chain;
  const T = end.length;
  const n = lengthOf(chain);
  const behind = new Float64Array(n * T);
  const room = new Float64Array(T);
  for (let t = 0; t < T && n > 0; t++) behind[(n - 1) * T + t] = end[t] ?? 0;
  for (let i = n - 2; i >= 0; i--) {
    for (let t = 0; t < T; t++) {
      for (let u = 0; u < T; u++) {
        room[u] = (transitions[t * T + u] ?? 0) + (scores[(i + 1) * T + u] ?? 0) + (behind[(i + 1) * T + u] ?? 0);
      }
      behind[i * T + t] = logSum(room);
    }
  }
  return behind;
}

/** The score of one path. */
export function pathScore(chain: Chain, path: ArrayLike<number>): number {
  const { scores, transitions, start, end } = chain;
  const T = start.length;
  const n = lengthOf(chain);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const t = path[i] ?? 0;
    total += scores[i * T + t] ?? 0;
    total += (i === 0 ? start[t] : transitions[(path[i - 1] ?? 0) * T + t]) ?? 0;
    if (i === n - 1) total += end[t] ?? 0;
  }
  return total;
}

/**
 * The path with the highest score (Viterbi 1967). Ties go to the path with the lowest tags at the
 * end.
 */
export function bestPath(chain: Chain): Int32Array {
  const { scores, transitions, start, end } = chain;
  const T = start.length;
  const n = lengthOf(chain);
  const path = new Int32Array(n);
  if (n === 0) return path;
  const from = new Int32Array(n * T);
  let best = Float64Array.from(start, (value, t) => value + (scores[t] ?? 0));
  for (let i = 1; i < n; i++) {
    const next = new Float64Array(T).fill(-Infinity);
    for (let t = 0; t < T; t++) {
      for (let u = 0; u < T; u++) {
        const value = (best[u] ?? 0) + (transitions[u * T + t] ?? 0) + (scores[i * T + t] ?? 0);
        if (value > (next[t] ?? 0)) {
          next[t] = value;
          from[i * T + t] = u;
        }
      }
    }
    best = next;
  }
  let last = 0;
  for (let t = 1; t < T; t++) if ((best[t] ?? 0) + (end[t] ?? 0) > (best[last] ?? 0) + (end[last] ?? 0)) last = t;
  for (let i = n - 1; i >= 0; i--) {
    path[i] = last;
    last = from[i * T + last] ?? 0;
  }
  return path;
}

/** ln Σ e^x, −Infinity for none. */
function logSum(values: Float64Array): number {
  let top = -Infinity;
  for (const value of values) top = Math.max(top, value);
  if (top === -Infinity) return top;
  let total = 0;
  for (const value of values) total += Math.exp(value - top);
  return top + Math.log(total);
}

function lengthOf({ scores, start }: Chain): number {
  return start.length === 0 ? 0 : scores.length / start.length;
}
