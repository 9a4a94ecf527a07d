import { fileURLToPath } from "node:url";
import { allBuilds } from "../lib/builds.mjs";
import { hotKernels } from "../lib/hot-kernels.mjs";
import { peakProgram } from "../lib/processor-peak.mjs";
import { againstOption, ourScript, withOther } from "../lib/sides.mjs";
import { figure } from "../lib/summary.mjs";

export const options = {
  "--kernels NAME[,NAME]": "kernel builds; defaults to all that run here",
  "--against FOLDER": againstOption,
  "--peak GFLOPS": "the peak of one core; defaults to measuring it with a C compiler",
};
export const title = "Hot kernels at RIN's shapes, in GFLOP/s of one core, and their share of the peak";
export const unit = "GFLOP/s";

const script = fileURLToPath(new URL("../weft/kernels.mjs", import.meta.url));
const peakOf = { processor: "peak, multiply-adds in registers", wasm: "peak of WebAssembly, 128-bit registers" };

export const prepare = ({ kernels, peak, against }) => ({
  builds: withOther(allBuilds(kernels), against),
  program: peak === undefined ? peakProgram() : { reason: `--peak ${peak}` },
});

/** The peaks, then each kernel with one build after the other. */
export function cases({ builds, program }) {
  const own = ["--case", "peak"];
  return [
    { group: "peak", name: peakOf.processor, command: program.command, args: [], skip: program.reason },
    { group: "peak", name: peakOf.wasm, command: process.execPath, args: [script, ...own] },
    ...hotKernels.flatMap(({ name, kernel, flop }, index) =>
      builds.map(({ folder, who, build, label, mark, isWasm, skip }) => ({
        name: `${who}, ${label}`,
        group: name,
        command: process.execPath,
        args: [ourScript(folder, "kernels.mjs"), "--case", String(index), "--build", build],
        facts: { kernel, flop, mark, isWasm },
        skip,
      })),
    ),
  ];
}

/** One line a kernel and build, with its share of the peak; for WebAssembly also of its own. */
export function table(rows, { peak }) {
  const medianOf = (name) => rows.find((row) => row.name === name)?.median;
  const best = Math.max(...rows.map(({ median }) => median));
  const measured = peak === undefined ? medianOf(peakOf.processor) : Number(peak);
  const limit = measured ?? best;
  const wasm = medianOf(peakOf.wasm);
  const share = (rate, of) => `${Math.round((100 * rate) / of)} %`;
  const lines = rows.map(({ group, name, median, min, max, facts }) => [
    group === "peak" ? name : group,
    facts?.flop ?? "",
    group === "peak" ? "" : name,
    figure(median),
    `${figure(min)}–${figure(max)}`,
    share(median, limit),
    facts?.isWasm && wasm !== undefined ? share(median, wasm) : "–",
  ]);
  const head = ["kernel", "counted", "build", "median, GFLOP/s", "least–most", "of the peak", "of WebAssembly's"];
  const rule = head.map((_, column) => (column < 3 ? "---" : "---:"));
  const source = measured === undefined ? "the best rate of this table" : peak === undefined ? "measured" : "given";
  return `${[head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n\nPeak of one core: ${figure(limit)} GFLOP/s, ${source}.\n`;
}
