import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { peerLines, scalingLines } from "../lib/notes.mjs";
import { numbers } from "../lib/options.mjs";
import { findPyTorch } from "../lib/pytorch.mjs";
import { rinWorkload } from "../lib/rin-workload.mjs";
import { againstOption, ourCases, theirCases } from "../lib/sides.mjs";

export const options = {
  "--kernels NAME[,NAME]": "kernel builds of our side; defaults to the fastest here",
  "--against FOLDER": againstOption,
  "--K 4,7": "rounds of interaction",
  "--workers 1,2": "cores, each with a table of its own",
  "--mode train,infer": "",
  "--batches 12": "timed batches of 50 sentences",
  "--variant sentence,dnn,first": "variants of the peer; `first`, entities first, only predicts",
  "--python A,B": "interpreters with PyTorch",
};
export const title = "RIN on sentences like those of NYT (mean 38 words, 4 to 100; 90,760 words; 24 relations; batches of 50)";
/** Entities first is a row of its own; ratios are those to the full path. */
export const base = [/^PyTorch(?!.* first,)/];
export const notes = (rows) => [...peerLines(rows), ...scalingLines(rows)];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function prepare({ python, kernels }) {
  const data = path("../../.cache/bench/rin-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(rinWorkload()));
  return { data, pyTorch: findPyTorch(python), builds: chosenBuilds(kernels) };
}

export function cases({ options: asked, data, pyTorch, builds }) {
  const list = [];
  for (const mode of (asked.mode ?? "train,infer").split(",")) {
    const infer = mode === "infer";
    const variants = (asked.variant ?? "sentence,dnn,first").split(",").filter((name) => infer || name !== "first");
    for (const K of numbers(asked.K ?? "4,7")) {
      for (const cores of numbers(asked.workers ?? "1,2")) {
        const work = `${infer ? "inference" : "training"}, K=${K}`;
        const args = [
          "--data",
          data,
          "--K",
          K,
          "--infer",
          infer ? 1 : 0,
          "--batches",
          asked.batches ?? 12,
          "--warm",
          infer ? 20 : 2,
        ];
        list.push(...ourCases({ builds, work, cores, script: "rin.mjs", against: asked.against, args }));
        list.push(
          ...theirCases({
            ...{ pyTorch, work, cores, args, layouts: layoutsOf(cores) },
            script: path("../peers/rin_torch.py"),
            variants: variants.map((name) => ({ name, args: ["--variant", name] })),
          }),
        );
      }
    }
  }
  return list;
}

/**
 * One process per core, and one process with as many threads. We compare with the faster of the
 * two.
 */
function layoutsOf(cores) {
  const threads = { processes: 1, threads: cores };
  return cores === 1 ? [threads] : [{ processes: cores, threads: 1 }, threads];
}
