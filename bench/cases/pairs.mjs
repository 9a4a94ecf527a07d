import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";
import { pairsWorkload } from "../lib/pairs-workload.mjs";
import { findPyTorch, pyTorchEnvironment } from "../lib/pytorch.mjs";

// Options: --workers 1,2 --mode train,infer --batches 12 --variant naive,fact --python A,B
export const title =
  "bio-mtl on sentences like those of ACE 2005 (mean 30 words, 4.9 entities; all unordered pairs; batches of about 256 pairs)";
export const unit = "pairs/s";
export const base = [/^PyTorch/];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function prepare({ python }) {
  const data = path("../../.cache/bench/pairs-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(pairsWorkload()));
  return { data, pyTorch: findPyTorch(python) };
}

export function cases({ options, data, pyTorch }) {
  return (options.mode ?? "train,infer").split(",").flatMap((mode) =>
    numbers(options.workers ?? "1,2").flatMap((cores) => {
      const group = `${mode === "infer" ? "inference" : "training"}, ${cores} ${cores === 1 ? "core" : "cores"}`;
      const shared = ["--data", data, "--infer", mode === "infer" ? 1 : 0, "--batches", options.batches ?? 12].map(String);
      const ours = {
        name: "Weft",
        group,
        command: process.execPath,
        args: [path("../weft/pairs.mjs"), ...shared, "--workers", `${cores}`],
      };
      return [ours, ...theirs(group, shared, cores, pyTorch, (options.variant ?? "naive,fact").split(","))];
    }),
  );
}

/** Naive: batches in any order, as the paper trains; shared convolution: sentences of like length together, which is its best. */
function theirs(group, shared, threads, { found, reason }, variants) {
  if (found.length === 0) return [{ name: "PyTorch", group, skip: reason }];
  return found.flatMap(({ command, version }) =>
    variants.map((variant) => ({
      name: `PyTorch ${version} ${variant}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
      group,
      command,
      args: [
        path("../peers/pairs_torch.py"),
        ...shared,
        ...["--variant", variant, "--sort", variant === "naive" ? "0" : "1", "--threads", `${threads}`],
      ],
      env: pyTorchEnvironment(threads),
    })),
  );
}
