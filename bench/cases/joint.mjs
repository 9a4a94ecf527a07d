import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { jointWorkload } from "../lib/joint-workload.mjs";
import { costLines, peerLines, scalingLines } from "../lib/notes.mjs";
import { numbers } from "../lib/options.mjs";
import { findPyTorch } from "../lib/pytorch.mjs";
import { againstOption, ourCases, theirCases } from "../lib/sides.mjs";

export const options = {
  "--kernels NAME[,NAME]": "kernel builds of our side; defaults to the fastest here",
  "--against FOLDER": againstOption,
  "--workers 1,2": "cores, each with a table of its own",
  "--samples 0,1,3,5": "samples of minimum risk training; 0 trains with the local losses",
  "--infer 1": "whether to time inference too",
  "--batches 27": "timed batches of our side",
  "--theirs 3": "timed batches of the peer",
  "--warm 60": "local steps before the measurement",
  "--python A,B": "interpreters with PyTorch",
};
export const title =
  "the joint network on sentences like those of CoNLL04 (27 words, 3.6 entities), local losses and minimum risk training; batches of 100";
export const base = [/^PyTorch/];

const localLosses = "training, local losses";
const riskWith = (samples) => `training, MRT with ${samples} ${samples === 1 ? "sample" : "samples"}`;

export const notes = (rows) => [
  ...[1, 3, 5].flatMap((samples) => costLines(rows, localLosses, riskWith(samples))),
  ...peerLines(rows),
  ...scalingLines(rows),
];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function prepare({ python, kernels }) {
  const data = path("../../.cache/bench/joint-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(jointWorkload()));
  return { data, pyTorch: findPyTorch(python), builds: chosenBuilds(kernels) };
}

export function cases({ options: asked, data, pyTorch, builds }) {
  const kinds = [
    ...numbers(asked.samples ?? "0,1,3,5").map((samples) => ({
      work: samples === 0 ? localLosses : riskWith(samples),
      own: ["--samples", samples],
    })),
    ...(asked.infer === "0" ? [] : [{ work: "inference", own: ["--infer", 1] }]),
  ];
  return kinds.flatMap(({ work, own }) =>
    numbers(asked.workers ?? "1,2").flatMap((cores) => {
      const shared = ["--data", data, ...own, "--warm", asked.warm ?? 60];
      const [ours, theirs] = [asked.batches ?? 27, asked.theirs ?? 3].map((count) => [...shared, "--batches", count]);
      return [
        ...ourCases({ builds, work, cores, script: "joint.mjs", against: asked.against, args: ours }),
        ...theirCases({
          ...{ pyTorch, work, cores, args: theirs, script: path("../peers/joint_torch.py") },
          variants: [{ name: "", args: [] }],
        }),
      ];
    }),
  );
}
