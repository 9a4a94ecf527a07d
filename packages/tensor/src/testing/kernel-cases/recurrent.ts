import type { Random } from "../../tensor/random.ts";
import { edges, normals, shares } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const shapes = [0, 1, 3, 4].flatMap((m) => [4, 8, 20].map((width) => ({ m, width, n: m * width })));
const drawings = [normals, edges];

export const recurrentCases = {
  *lstmForward(random: Random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) {
        const gates = draw(random, 4 * n);
        yield new KernelCall((k) => [m, width, k.inOut(gates), 0, k.output(n), k.output(n)]);
        yield new KernelCall((k) => [m, width, k.inOut(gates), k.input(normals(random, n)), k.output(n), k.output(n)]);
      }
    }
  },

  *lstmBackward(random: Random) {
    for (const { m, width, n } of shapes) {
      for (const first of [true, false]) {
        yield new KernelCall((k) => [
          m,
          width,
          k.inOut(shares(random, 4 * n)),
          first ? 0 : k.input(normals(random, n)),
          k.input(normals(random, n)),
          k.input(normals(random, n)),
          k.inOut(normals(random, n)),
        ]);
      }
    }
  },

  *gruForward(random: Random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) {
        yield new KernelCall((k) => [
          m,
          width,
          k.inOut(draw(random, 3 * n)),
          k.input(normals(random, 3 * n)),
          k.input(normals(random, n)),
          k.output(n),
        ]);
      }
    }
  },

  *gruBackward(random: Random) {
    for (const { m, width, n } of shapes) {
      yield new KernelCall((k) => [
        m,
        width,
        k.inOut(shares(random, 3 * n)),
        k.inOut(normals(random, 3 * n)),
        k.input(normals(random, n)),
        k.input(normals(random, n)),
        k.inOut(normals(random, n)),
      ]);
    }
  },

  *interactionGates(random: Random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) {
        yield new KernelCall((k) => [m, width, k.inOut(draw(random, 2 * n)), k.input(normals(random, n)), k.output(n)]);
      }
    }
  },

  *interactionOutput(random: Random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) {
        yield new KernelCall((k) => [
          m,
          width,
          k.input(shares(random, 2 * n)),
          k.input(normals(random, n)),
          k.inOut(draw(random, n)),
          k.output(n),
        ]);
      }
    }
  },

  *interactionOutputBackward(random: Random) {
    for (const { m, width, n } of shapes) {
      const written = (cell: number) => cell % (2 * width) < width;
      yield new KernelCall((k) => [
        m,
        width,
        k.inOut(shares(random, 2 * n), { written }),
        k.input(normals(random, n)),
        k.inOut(normals(random, n).map(Math.tanh)),
        k.input(normals(random, n)),
        k.inOut(normals(random, n)),
      ]);
    }
  },

  *interactionGatesBackward(random: Random) {
    for (const { m, width, n } of shapes) {
      const written = (cell: number) => cell % (2 * width) >= width;
      yield new KernelCall((k) => [
        m,
        width,
        k.inOut(shares(random, 2 * n), { written }),
        k.input(normals(random, n)),
        k.input(normals(random, n)),
        k.inOut(normals(random, n)),
      ]);
    }
  },
};
