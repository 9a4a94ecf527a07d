import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";
import { pairsWorkload } from "../lib/pairs-workload.mjs";
import { findPyTorch, pyTorchEnvironment } from "../lib/pytorch.mjs";

// Options: --workers 1,2 --mode train,infer --words text,uniform --batches 16 --variant naive,fact
// --python A,B
export const title =
  "bio-mtl on 71,895 pairs of sentences like those of ACE 2005 (mean 30 words, 4.9 entities; batches of about 256 pairs)";
export const unit = "pairs/s";
export const base = [/^PyTorch/];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** How often words occur, and the label in the table. */
const draws = { text: "words as in text", uniform: "all words equally often" };

export function prepare({ python }) {
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  for (const draw of Object.keys(draws)) writeFileSync(workload(draw), JSON.stringify(pairsWorkload(draw)));
  return { pyTorch: findPyTorch(python) };
}

const workload = (draw) => path(`../../.cache/bench/pairs-${draw}.json`);

export function cases({ options, pyTorch }) {
  const chosen = (name, all) => (options[name] ?? all).split(",");
  return chosen("words", "text,uniform").flatMap((draw) =>
    chosen("mode", "train,infer").flatMap((mode) =>
      numbers(options.workers ?? "1,2").flatMap((cores) => {
        const infer = mode === "infer";
        const group = `${infer ? "inference" : "training"}, ${cores} ${cores === 1 ? "core" : "cores"}, ${draws[draw]}`;
        const shared = ["--data", workload(draw), "--infer", infer ? "1" : "0"];
        // The cache of predictions fills during the run: the whole corpus is read once, from a
        // cold start.
        const batches = infer ? ["--warm", "0", "--batches", "1000"] : ["--warm", "8", "--batches", "60"];
        const args = [path("../weft/pairs.mjs"), ...shared, ...batches, "--workers", `${cores}`];
        const ours = { name: "Weft", group, command: process.execPath, args };
        const taken = ["--batches", String(options.batches ?? 16)];
        return [ours, ...theirs(group, [...shared, ...taken], cores, pyTorch, chosen("variant", "naive,fact"))];
      }),
    ),
  );
}

/**
 * `naive` takes batches in any order, as the paper trains. `fact`, with the shared convolution,
 * batches sentences of similar length, which is fastest.
 */
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
