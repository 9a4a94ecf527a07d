import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../tensor/random.ts";
import { type Drawn, draw, execute, type OpCase, type Outcome, objective, type Sizes, sentencesOf } from "./op-case.ts";

const sizes: Record<string, Sizes> = {
  "multiples of four": { lengths: [4, 2], inputs: 4, width: 8, classes: 4 },
  "odd sizes": { lengths: [3, 1, 6], inputs: 5, width: 3, classes: 6 },
  "tiles and a rest": { lengths: [9, 2], inputs: 10, width: 9, classes: 13 },
  "one of everything": { lengths: [1, 2], inputs: 1, width: 1, classes: 1 },
  "one word": { lengths: [1], inputs: 3, width: 5, classes: 2 },
  "an empty sentence": { lengths: [0, 3, 0], inputs: 2, width: 4, classes: 3 },
  "no words": { lengths: [0], inputs: 3, width: 5, classes: 2 },
  "no sentences": { lengths: [], inputs: 3, width: 5, classes: 2 },
};

const builds = ["plain", "baseline"] as const;

/**
 * Tests the contract of an operation of the tape. It compares the fused code with its formula in
 * double precision: values directly, and gradients by central differences of a random linear
 * functional of the output, which would drown in rounding in 32 bits.
 */
export function describeOp(name: string, operation: OpCase): void {
  describe.each(Object.entries(sizes))(`${name}, %s`, (label, size) => {
    const random = Random.of(4711, name, label);
    const drawn = draw(operation, size, random);
    const measured = new Map<string, number[][]>();
    const reason = operation.positional === true ? " (skipped: a row depends on its place or its company)" : "";

    const slopesOf = (kind: "matrices" | "parameters", key: string) => {
      const place = `${kind}/${key}`;
      const known = measured.get(place) ?? slopes(operation, drawn, kind, key);
      measured.set(place, known);
      return known;
    };

    describe.each(builds)("%s kernels", (build) => {
      let outcome: Outcome;
      beforeAll(() => {
        outcome = execute(operation, drawn, { build });
      });

      test("the output is that of the formula", () => {
        expectClose(outcome.output, operation.formula(drawn.matrices, drawn.parameters, drawn.facts), 5e-6);
      });

      test("the gradients are the slopes of the formula", () => {
        for (const [kind, gradients] of [
          ["matrices", outcome.matrixGradients],
          ["parameters", outcome.parameterGradients],
        ] as const) {
          for (const [key, gradient] of Object.entries(gradients)) {
            expectClose(gradient, slopesOf(kind, key), 2e-5, `${kind} ${key}`);
          }
        }
      });

      test("padding stays zero in outputs and gradients", () => {
        expect(outcome.dirtyPadding).toEqual([]);
      });

      test("nothing is written where no matrix lies", () => {
        expect(outcome.lowMemoryChanged).toBe(false);
      });

      test("gradients are added to what was there", () => {
        const again = execute(operation, drawn, { build, prefill: true });
        expectClose(again.output, outcome.output, 1e-6);
        for (const [key, gradient] of Object.entries(outcome.matrixGradients)) {
          expectClose(again.matrixGradients[key] ?? [], gradient, 5e-6, key);
        }
        for (const [key, gradient] of Object.entries(outcome.parameterGradients)) {
          expectClose(again.parameterGradients[key] ?? [], gradient, 5e-6, key);
        }
      });

      test("without recording, the output is the same", () => {
        const silent = execute(operation, drawn, { build, recording: false });
        expect(silent.output).toEqual(outcome.output);
        expect(silent.lowMemoryChanged).toBe(false);
      });

      test("an input that keeps no gradient changes no other", () => {
        for (const frozen of Object.keys(drawn.matrices)) {
          const partly = execute(operation, drawn, { build, frozen });
          expect(partly.lowMemoryChanged, frozen).toBe(false);
          expect(partly.parameterGradients).toEqual(outcome.parameterGradients);
          for (const [key, gradient] of Object.entries(partly.matrixGradients)) {
            if (key !== frozen) expect(gradient).toEqual(outcome.matrixGradients[key]);
          }
        }
      });

      test.skipIf(operation.positional)(`a batch gives what its sentences give one by one${reason}`, () => {
        const parts = sentencesOf(drawn).map((part) => execute(operation, part, { build }));
        if (typeof outcome.output === "number") {
          expectClose(
            parts.reduce((total, part) => total + Number(part.output), 0),
            outcome.output,
            1e-6,
          );
        } else {
          expectClose(
            parts.flatMap((part) => part.output as number[][]),
            outcome.output,
            1e-6,
          );
        }
        for (const [key, gradient] of Object.entries(outcome.matrixGradients)) {
          expectClose(
            parts.flatMap((part) => part.matrixGradients[key] ?? []),
            gradient,
            2e-6,
            key,
          );
        }
        for (const [key, gradient] of Object.entries(outcome.parameterGradients)) {
          const total = gradient.map((row, i) =>
            row.map((_, j) => parts.reduce((sum, part) => sum + (part.parameterGradients[key]?.[i]?.[j] ?? 0), 0)),
          );
          expectClose(total, gradient, 5e-6, key);
        }
      });
    });

    test("fast and plain kernels agree", () => {
      const [plain, fast] = builds.map((build) => execute(operation, drawn, { build })) as [Outcome, Outcome];
      expectClose(fast.output, plain.output, 5e-6);
      for (const [key, gradient] of Object.entries(plain.matrixGradients)) {
        expectClose(fast.matrixGradients[key] ?? [], gradient, 1e-5, key);
      }
      for (const [key, gradient] of Object.entries(plain.parameterGradients)) {
        expectClose(fast.parameterGradients[key] ?? [], gradient, 1e-5, key);
      }
    });
  });
}

const step = 1e-5;

/** The slope of the objective along every cell of one matrix or parameter. */
function slopes(operation: OpCase, drawn: Drawn, kind: "matrices" | "parameters", key: string): number[][] {
  const rows = drawn[kind][key] ?? [];
  return rows.map((row, i) =>
    row.map((value, j) => {
      const [above, below] = [step, -step].map((by) => {
        const moved = rows.map((old, k) => (k === i ? old.with(j, value + by) : old));
        return objective(operation, { ...drawn, [kind]: { ...drawn[kind], [key]: moved } });
      }) as [number, number];
      return (above - below) / (2 * step);
    }),
  );
}

/** Every cell within the tolerance, measured by the largest cell. */
function expectClose(got: number[][] | number, want: number[][] | number, tolerance: number, label = ""): void {
  const [x, y] = [[got].flat(2), [want].flat(2)];
  expect(x.length, `${label}: number of cells`).toBe(y.length);
  const scale = y.reduce((top, value) => Math.max(top, Math.abs(value)), 0.1);
  const worst = x.reduce((top, value, k) => Math.max(top, Math.abs(value - (y[k] ?? Number.NaN))), 0);
  expect(worst / scale, `${label}: largest difference, in units of the largest cell`).toBeLessThanOrEqual(tolerance);
}
