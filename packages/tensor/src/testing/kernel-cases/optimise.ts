import type { Random } from "../../tensor/random.ts";
import { edges, normals } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const lengths = [0, 4, 8, 12, 100];

export const optimiseCases = {
  *sumSquares(random: Random) {
    const tolerance = { relative: 1e-13, absolute: 0 };
    for (const n of lengths) yield new KernelCall((m) => [n, m.input(edges(random, n))], tolerance);
    for (const spoilt of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const values = normals(random, 8);
      values[5] = spoilt;
      yield new KernelCall((m) => [8, m.input(values)], tolerance);
    }
  },

  *adam(random: Random) {
    for (const n of lengths) {
      for (const draw of [normals, edges]) {
        yield new KernelCall((m) => [
          ...[n, m.inOut(normals(random, n)), m.input(draw(random, n)), m.inOut(normals(random, n)), m.inOut(squares(random, n))],
          ...[0.003, 0.9, 0.999, 1e-8, 0.8],
        ]);
      }
    }
  },

  *adadelta(random: Random) {
    for (const n of lengths) {
      for (const draw of [normals, edges]) {
        yield new KernelCall((m) => [
          ...[n, m.inOut(normals(random, n)), m.input(draw(random, n)), m.inOut(squares(random, n)), m.inOut(squares(random, n))],
          ...[0.5, 0.95, 1e-6, 0.8],
        ]);
      }
    }
  },

  *rmsprop(random: Random) {
    for (const n of lengths) {
      for (const draw of [normals, edges]) {
        yield new KernelCall((m) => [
          ...[n, m.inOut(normals(random, n)), m.input(draw(random, n)), m.inOut(squares(random, n))],
          ...[0.01, 0.99, 1e-8, 0.8],
        ]);
      }
    }
  },
};

function squares(random: Random, n: number): Float32Array {
  return normals(random, n).map((value) => value ** 2);
}
