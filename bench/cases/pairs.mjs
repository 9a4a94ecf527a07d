import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { peerLines, scalingLines } from "../lib/notes.mjs";
import { numbers } from "../lib/options.mjs";
import { pairsWorkload } from "../lib/pairs-workload.mjs";
import { findPyTorch } from "../lib/pytorch.mjs";
import { againstOption, ourCases, theirCases } from "../lib/sides.mjs";

export const options = {
  "--kernels NAME[,NAME]": "kernel builds of our side; defaults to the fastest here",
  "--against FOLDER": againstOption,
  "--workers 1,2": "cores, each with a table of its own",
  "--mode train,infer": "",
  "--words text,uniform": "how often words occur",
  "--batches 16": "timed batches of the peer",
  "--variant naive,fact": "variants of the peer",
  "--python A,B": "interpreters with PyTorch",
};
export const title =
  "bio-mtl on 71,895 pairs of sentences like those of ACE 2005 (mean 30 words, 4.9 entities; batches of about 256 pairs)";
export const unit = "pairs/s";
export const base = [/^PyTorch/];
export const notes = (rows) => [...peerLines(rows), ...scalingLines(rows)];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** How often words occur, and the label in the table. */
const draws = { text: "words as in text", uniform: "all words equally often" };

export function prepare({ python, kernels }) {
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  for (const draw of Object.keys(draws)) writeFileSync(workload(draw), JSON.stringify(pairsWorkload(draw)));
  return { pyTorch: findPyTorch(python), builds: chosenBuilds(kernels) };
}

const workload = (draw) => path(`../../.cache/bench/pairs-${draw}.json`);

export function cases({ options: asked, pyTorch, builds }) {
  const chosen = (name, all) => (asked[name] ?? all).split(",");
  return chosen("words", "text,uniform").flatMap((draw) =>
    chosen("mode", "train,infer").flatMap((mode) =>
      numbers(asked.workers ?? "1,2").flatMap((cores) => {
        const infer = mode === "infer";
        const work = `${infer ? "inference" : "training"}, ${draws[draw]}`;
        const shared = ["--data", workload(draw), "--infer", infer ? 1 : 0];
        // The cache of predictions fills during the run: the whole corpus is read once, from a
        // cold start.
        const batches = infer ? ["--warm", 0, "--batches", 1000] : ["--warm", 8, "--batches", 60];
        return [
          ...ourCases({ builds, work, cores, script: "pairs.mjs", against: asked.against, args: [...shared, ...batches] }),
          ...theirCases({
            ...{ pyTorch, work, cores, args: [...shared, "--batches", asked.batches ?? 16] },
            script: path("../peers/pairs_torch.py"),
            variants: chosen("variant", "naive,fact").map((name) => ({ name, args: ["--variant", name, ...sortOf(name)] })),
          }),
        ];
      }),
    ),
  );
}

/**
 * `naive` takes batches in any order, as the paper trains. `fact`, with the shared convolution,
 * batches sentences of similar length, which is fastest.
 */
const sortOf = (variant) => ["--sort", variant === "naive" ? 0 : 1];
