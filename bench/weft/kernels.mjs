// One case of `npm run bench -- kernels`. Prints one line of JSON; the measure is GFLOP/s of
// processor time, under the name that the harness reads.
import { Engine } from "@weft-nlp/tensor";
import { prepareKernels } from "../../packages/node/dist/workers/prepare-kernels.js";
import { hotKernels } from "../lib/hot-kernels.mjs";
import { readOptions } from "../lib/options.mjs";
import { median } from "../lib/summary.mjs";
import { registerPeak } from "../lib/wasm-peak.mjs";

const { options } = readOptions(process.argv.slice(2));
prepareKernels();
const { flop, run } = options.case === "peak" ? await registerPeak() : kernelWork(hotKernels[Number(options.case)]);

// Warm for a tenth of a second, then nine slices of half that length. Other work of the machine
// comes and goes, so their median counts.
const started = performance.now();
let warm = 0;
while (performance.now() - started < 100) for (let i = 0; i < 8; i++, warm++) run();
const repeats = Math.max(1, Math.ceil(warm / 2));
const rates = Array.from({ length: 9 }, () => {
  const spent = process.cpuUsage();
  for (let i = 0; i < repeats; i++) run();
  const { user, system } = process.cpuUsage(spent);
  return (flop * repeats) / (user + system) / 1e3;
});
console.log(JSON.stringify({ sentences_per_second: median(rates), rss_mb: process.memoryUsage().rss / 2 ** 20 }));

function kernelWork({ kernel, count, call }) {
  const { heap, kernels } = Engine.create({ build: options.build });
  const floats = (length, value) => {
    const at = heap.allocate(length * 4);
    for (let i = 0; i < length; i++) heap.f32[at / 4 + i] = value ?? Math.sin(i) / 2;
    return at;
  };
  const integers = (values) => {
    const at = heap.allocate(values.length * 4);
    heap.i32.set(values, at / 4);
    return at;
  };
  const values = call({ floats, integers });
  return { flop: count, run: () => kernels[kernel](values) };
}
