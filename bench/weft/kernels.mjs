// One case of `npm run bench -- kernels`. Prints one line of JSON; the measure is GFLOP/s, under
// the name that the harness reads.

import { Engine } from "@weft-nlp/tensor";
import asc from "assemblyscript/asc";
import { prepareKernels } from "../../packages/node/dist/workers/prepare-kernels.js";
import { readOptions } from "../lib/options.mjs";

const { options } = readOptions(process.argv.slice(2));
prepareKernels();
const engine = Engine.create({ build: options.build });
const { kernels, heap } = engine;

const floats = (count) => {
  const at = heap.allocate(count * 4);
  for (let i = 0; i < count; i++) heap.f32[at / 4 + i] = Math.sin(i) / 2;
  return at;
};
const [a, b, c] = [floats(60_000), floats(60_000), floats(60_000)];
const [n, d, r] = [38, 100, 24];
const [w, wt, bias, scratch, y, arg] = [
  floats(d * r),
  floats(d * r),
  floats(r),
  floats(40 * (2 * d + r)),
  floats(n * r),
  floats(n * r),
];
const [dA, dB, dW, dBias] = [floats(n * d), floats(n * d), floats(d * r), floats(r)];
const pairs = 2 * n * n * d * r;

/** @type {readonly (readonly [flop: number, work: () => void])[]} */
const work = [
  await peak(),
  [
    2 * 190 * 300 * 100,
    () => kernels.gemm({ m: 190, n: 300, k: 100, a, aStride: 100, b, bStride: 300, c, cStride: 300, accumulate: 0 }),
  ],
  [
    2 * 38 * 24 * 100,
    () => kernels.gemm({ m: 38, n: 24, k: 100, a, aStride: 100, b, bStride: 24, c, cStride: 24, accumulate: 0 }),
  ],
  [
    2 * 5 * 208 * 50,
    () => kernels.gemm({ m: 5, n: 208, k: 50, a, aStride: 52, b, bStride: 208, c, cStride: 208, accumulate: 1 }),
  ],
  [
    2 * 100 * 300 * 190,
    () => kernels.gemmTransposed({ m: 100, n: 300, k: 190, a, aStride: 100, b, bStride: 300, c, cStride: 300, accumulate: 1 }),
  ],
  [
    2 * 100 * 24 * 38,
    () => kernels.gemmTransposed({ m: 100, n: 24, k: 38, a, aStride: 100, b, bStride: 24, c, cStride: 24, accumulate: 1 }),
  ],
  [
    pairs,
    () => kernels.pairMax({ m: n, n, width: d, columns: r, stride: r, diagonal: 1, own: 0, a, b, w, bias, scratch, y, arg }),
  ],
  [
    3 * pairs,
    () =>
      kernels.pairLoss({
        n,
        width: d,
        columns: r,
        stride: r,
        diagonal: 1,
        a,
        b,
        w,
        bias,
        gold: 0,
        count: 0,
        weight: 1,
        wt,
        scratch,
        dA,
        dB,
        dW,
        dBias,
      }),
  ],
];
const [flop, run] = work[Number(options.case)];
const repeats = Math.max(1, Math.round(4e9 / flop));
for (let i = 0; i < repeats / 4; i++) run();
const begun = performance.now();
for (let i = 0; i < repeats; i++) run();
const seconds = (performance.now() - begun) / 1000;
console.log(
  JSON.stringify({ sentences_per_second: (flop * repeats) / seconds / 1e9, rss_mb: process.memoryUsage().rss / 2 ** 20 }),
);

/**
 * Ten chains of multiply-adds that never leave the registers: the upper limit for 128-bit vectors.
 */
async function peak() {
  const chains = Array.from({ length: 10 }, (_, k) => k);
  const source = `export function run(n: i32): f32 {
    const x = f32x4.splat(<f32>n), y = f32x4.splat(0.5);
    ${chains.map((k) => `let s${k} = f32x4.splat(${k});`).join(" ")}
    for (let i = 0; i < n; i++) { ${chains.map((k) => `s${k} = f32x4.relaxed_madd(x, y, s${k});`).join(" ")} }
    return ${chains.map((k) => `f32x4.extract_lane(s${k}, 0)`).join(" + ")};
  }`;
  let bytes = new Uint8Array();
  const flags = [
    "--runtime",
    "stub",
    "-O3",
    "--noAssert",
    "--enable",
    "simd",
    "--enable",
    "relaxed-simd",
    "-o",
    "peak.wasm",
    "peak.ts",
  ];
  const { error } = await asc.main(flags, {
    readFile: (name) => (name === "peak.ts" ? source : null),
    writeFile: (name, content) => {
      if (name === "peak.wasm") bytes = content;
    },
    listFiles: () => [],
  });
  if (error) throw error;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { abort: () => undefined } });
  const rounds = 100_000;
  return [rounds * chains.length * 8, () => instance.exports.run(rounds)];
}
