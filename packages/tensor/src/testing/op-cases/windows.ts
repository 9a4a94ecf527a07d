import { parameterMatrix } from "../../tape/operations/compose.ts";
import * as operations from "../../tape/operations/index.ts";
import { opCase } from "../op-case.ts";
import { backToFront, cell, convolve, sideBySide, someSpans, someWindows, times } from "../op-formulas.ts";

const { max } = Math;

export const windowCases = {
  spanConvolution: [1, 2, 3].flatMap((taps) =>
    [false, true].map((labelled) =>
      opCase({
        matrices: ({ inputs }) => ({ input: inputs }),
        parameters: ({ inputs, width }) => ({
          weight: { rows: inputs, columns: taps * width, blocks: taps },
          labels: { rows: 5, columns: taps * width, blocks: taps },
          bias: { rows: 1, columns: width },
        }),
        run: (tape, { input }, { weight, labels, bias }, { offsets, ids }) =>
          tape.apply(operations.spanConvolution, {
            ...{ input, weight, bias, spans: someSpans(offsets, ids) },
            ...(labelled
              ? { source: backToFront(offsets), labels: { weight: labels, ids: ids.map((id) => id - 1), factor: 1.5 } }
              : {}),
          }),
        formula: ({ input }, { weight, labels, bias }, { offsets, ids }) => {
          const order = labelled ? backToFront(offsets) : Int32Array.from(input.keys());
          const products = times(
            Array.from(order, (row) => input[row] ?? []),
            weight,
          );
          const rows = products.map((row, i) =>
            row.map((value, j) => value + (labelled && (ids[i] ?? 0) > 0 ? 1.5 * cell(labels, (ids[i] ?? 0) - 1, j) : 0)),
          );
          const spans = someSpans(offsets, ids);
          return input.map((_, k) => convolve(rows.slice(spans[2 * k], spans[2 * k + 1]), taps, bias[0] ?? []));
        },
      }),
    ),
  ),

  windowConvolution: [1, 2, 4].flatMap((taps) =>
    [taps !== 2].map((rectified) =>
      opCase({
        matrices: ({ inputs }) => ({ input: inputs }),
        parameters: ({ inputs, width, classes }) => ({
          weight: { rows: inputs, columns: taps * width, blocks: taps },
          marks: { rows: 2, columns: taps * width, blocks: taps },
          mark: { rows: 5, columns: 2 },
          first: { rows: classes, columns: taps * width, blocks: taps },
          second: { rows: classes, columns: taps * width, blocks: taps },
          table: { rows: 5, columns: classes },
          bias: { rows: 1, columns: width },
        }),
        run: (tape, { input }, { weight, marks, mark, first, second, table, bias }, { offsets, ids }) =>
          sideBySide(
            tape,
            tape.apply(operations.windowConvolution, {
              ...{ offsets, bias, windows: someWindows(offsets, ids), rectified },
              parts: [
                { input, weight, rows: backToFront(offsets) },
                { input: parameterMatrix(tape, mark), weight: marks, rows: ids },
              ],
              positions: { table: parameterMatrix(tape, table), first, second },
              pooling: ["max", "mean"],
            }),
          ),
        formula: ({ input }, { weight, marks, mark, first, second, table, bias }, { offsets, ids }) => {
          const back = backToFront(offsets);
          const windows = someWindows(offsets, ids);
          const filters = [...weight, ...marks, ...first, ...second];
          return input.map((_, k) => {
            const [from = 0, to = 0, start = 0, end = 0, one = 0, other = 0] = windows.subarray(6 * k);
            const offset = (p: number, entity: number): number[] => table[Math.min(Math.max(p - entity + 2, 0), 4)] ?? [];
            const seen = (p: number): number[] | undefined =>
              p < start || p >= end
                ? undefined
                : [...(input[back[p] ?? 0] ?? []), ...(mark[ids[p] ?? 0] ?? []), ...offset(p, one), ...offset(p, other)];
            const values = Array.from({ length: Math.max(0, to - from) }, (_, i) =>
              (bias[0] ?? []).map((own, f) => {
                let sum = own;
                for (let t = 0; t < taps; t++) {
                  const column = t * (bias[0]?.length ?? 0) + f;
                  const x = seen(from + i + t - Math.floor((taps - 1) / 2)) ?? [];
                  sum += x.reduce((part, value, d) => part + value * cell(filters, d, column), 0);
                }
                return rectified ? max(0, sum) : sum;
              }),
            );
            const none = values.length === 0;
            const highest = (bias[0] ?? []).map((_, f) => (none ? 0 : max(...values.map((row) => row[f] ?? 0))));
            const mean = (bias[0] ?? []).map((_, f) =>
              none ? 0 : values.reduce((sum, row) => sum + (row[f] ?? 0), 0) / values.length,
            );
            return [...highest, ...mean];
          });
        },
      }),
    ),
  ),
};
