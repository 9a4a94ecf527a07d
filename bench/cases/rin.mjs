import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";
import { findPyTorch, pyTorchEnvironment } from "../lib/pytorch.mjs";
import { rinWorkload } from "../lib/rin-workload.mjs";

// Options: --K 4,7 --workers 1,2 --mode train,infer --batches 12 --variant sentence,argmax --python
// A,B
export const title = "RIN on sentences like those of NYT (mean 38 words, 4 to 100; 90,760 words; 24 relations; batches of 50)";
export const base = [/^PyTorch/];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function prepare({ python }) {
  const data = path("../../.cache/bench/rin-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(rinWorkload()));
  return { data, pyTorch: findPyTorch(python) };
}

export function cases({ options, data, pyTorch }) {
  const list = [];
  for (const mode of (options.mode ?? "train,infer").split(",")) {
    for (const K of numbers(options.K ?? "4,7")) {
      for (const workers of numbers(options.workers ?? "1,2")) {
        const group = `${mode === "infer" ? "inference" : "training"}, K=${K}, ${workers} ${workers === 1 ? "core" : "cores"}`;
        const shared = [
          "--data",
          data,
          "--K",
          K,
          "--infer",
          mode === "infer" ? 1 : 0,
          "--batches",
          options.batches ?? 12,
          "--warm",
          2,
        ];
        list.push(ours(group, [...shared, "--workers", workers]));
        list.push(...theirs(group, shared, workers, pyTorch, (options.variant ?? "sentence").split(",")));
      }
    }
  }
  return list;
}

function ours(group, args) {
  const script = path("../weft/rin.mjs");
  const skip = existsSync(script) ? undefined : "bench/weft/rin.mjs is missing";
  return { name: "Weft", group, command: process.execPath, args: [script, ...args.map(String)], skip };
}

/**
 * One process per core, and one process with as many threads. We compare with the faster of the
 * two.
 */
function theirs(group, shared, cores, { found, reason }, variants) {
  if (found.length === 0) return [{ name: "PyTorch", group, skip: reason }];
  const layouts =
    cores === 1
      ? [["1 thread", 1, 1]]
      : [
          [`${cores} processes`, cores, 1],
          [`${cores} threads`, 1, cores],
        ];
  return found.flatMap(({ command, version }) =>
    variants.flatMap((variant) =>
      layouts.map(([layout, workers, threads]) => ({
        name: `PyTorch ${version} ${variant}, ${layout}`,
        group,
        command,
        args: [path("../peers/rin_torch.py"), ...shared, "--variant", variant, "--workers", workers, "--threads", threads].map(
          String,
        ),
        env: pyTorchEnvironment(threads),
      })),
    ),
  );
}
