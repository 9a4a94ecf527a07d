import type { attention as contract } from "../contract/attention.ts";
import type { KernelsOf } from "../contract/descriptor.ts";
import { dropoutFactor } from "./elementwise.ts";
import type { Views } from "./views.ts";

const { exp, fround, imul, log, max } = Math;

/** Multi-head self-attention, one query at a time. */
export function attention(views: Views): KernelsOf<typeof contract> {
  return {
    attendForward(call) {
      const { f32 } = views;
      const { heads, size, stride, values, y, logSum } = call;
      for (const { head, row, start, end } of queriesOf(views, call)) {
        const scores = scoresOf(views, call, head, row, start, end);
        const top = max(...scores);
        const total = scores.reduce((sum, score) => sum + exp(score - top), 0);
        f32[logSum / 4 + row * heads + head] = top + log(total);
        const weights = scores.map((score, j) => (exp(score - top) / total) * factorOf(call, head, row, j));
        for (let d = 0; d < size; d++) {
          const column = values / 4 + head * size + d;
          const sum = weights.reduce((total, weight, j) => total + weight * f32[column + (start + j) * stride]!, 0);
          f32[y / 4 + row * stride + head * size + d] = sum;
        }
      }
    },

    attendBackward(call) {
      const { f32 } = views;
      const { heads, size, stride, queries, keys, values, factor, y, logSum, dy, dQueries, dKeys, dValues } = call;
      for (const { head, row, start, end } of queriesOf(views, call)) {
        const at = (address: number, of: number): number => address / 4 + of * stride + head * size;
        const dot = (x: number, z: number): number => {
          let sum = 0;
          for (let d = 0; d < size; d++) sum += f32[x + d]! * f32[z + d]!;
          return sum;
        };
        const addTo = (to: number, by: number, from: number): void => {
          for (let d = 0; d < size; d++) f32[to + d]! += by * f32[from + d]!;
        };
        const mean = dot(at(dy, row), at(y, row));
        for (const [j, score] of scoresOf(views, call, head, row, start, end).entries()) {
          const weight = exp(score - f32[logSum / 4 + row * heads + head]!);
          const kept = factorOf(call, head, row, j);
          const slope = kept * dot(at(dy, row), at(values, start + j));
          addTo(at(dValues, start + j), weight * kept, at(dy, row));
          const dScore = weight * (slope - mean) * fround(factor);
          addTo(at(dQueries, row), dScore, at(keys, start + j));
          addTo(at(dKeys, start + j), dScore, at(queries, row));
        }
      }
    },
  };
}

interface Call {
  readonly count: number;
  readonly heads: number;
  readonly size: number;
  readonly stride: number;
  readonly spans: number;
  readonly queries: number;
  readonly keys: number;
  readonly factor: number;
  readonly rate: number;
  readonly seed1: number;
  readonly seed2: number;
}

interface Query {
  readonly head: number;
  readonly row: number;
  /** The rows that it attends to. */
  readonly start: number;
  readonly end: number;
}

function* queriesOf({ i32 }: Views, { count, heads, spans }: Call): Generator<Query> {
  for (let s = 0; s < count; s++) {
    const [start, end] = [i32[spans / 4 + 2 * s]!, i32[spans / 4 + 2 * s + 1]!];
    for (let head = 0; head < heads; head++) {
      for (let row = start; row < end; row++) yield { head, row, start, end };
    }
  }
}

/** factor·Q[row]·K[j] for each row j of the sentence. */
function scoresOf({ f32 }: Views, call: Call, head: number, row: number, start: number, end: number): number[] {
  const { size, stride, queries, keys, factor } = call;
  return Array.from({ length: end - start }, (_, j) => {
    let sum = 0;
    for (let d = head * size; d < (head + 1) * size; d++) {
      sum += f32[queries / 4 + row * stride + d]! * f32[keys / 4 + (start + j) * stride + d]!;
    }
    return fround(factor) * sum;
  });
}

function factorOf({ rate, seed1, seed2 }: Call, head: number, row: number, j: number): number {
  if (rate === 0) return 1;
  return dropoutFactor(j, fround(rate), (seed1 + imul(row, 0x9e3779b1)) | 0, (seed2 + imul(head, 0x85ebca6b)) | 0);
}
