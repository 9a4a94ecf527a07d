import { fileURLToPath } from "node:url";

// Options: --build relaxed|baseline
export const title = "Hot kernels, in GFLOP/s of one core, next to the peak of multiply-adds in registers";
export const unit = "GFLOP/s";
export const base = ["peak: multiply-adds in registers"];

const script = fileURLToPath(new URL("../weft/kernels.mjs", import.meta.url));

/** Shapes of RIN's training step: sentences of 38 words, chunks of 5, D = 100, R = 24. */
const names = [
  "peak: multiply-adds in registers",
  "gemm 190×300, k 100 (hidden product of a cell)",
  "gemm 38×24, k 100 (scores of one row of pairs)",
  "gemm 5×208, k 50 (LSTM step)",
  "gemmTransposed 100×300, k 190 (gradient of a weight)",
  "gemmTransposed 100×24, k 38 (gradient of the pair layer)",
  "pairMax, n 38, R 24",
  "pairLoss with its gradient, n 38, R 24",
];

export function cases({ options }) {
  return ["relaxed", "baseline"]
    .filter((build) => options.build === undefined || options.build === build)
    .flatMap((build) =>
      names
        .map((name, index) => ({
          name,
          group: build,
          command: process.execPath,
          args: [script, "--case", String(index), "--build", build],
        }))
        // Without fused multiply-add, the chains of the first case wait for their sums, so it is
        // not a ceiling.
        .slice(build === "baseline" ? 1 : 0),
    );
}
