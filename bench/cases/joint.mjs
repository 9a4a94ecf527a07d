import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jointWorkload } from "../lib/joint-workload.mjs";
import { numbers } from "../lib/options.mjs";
import { findPyTorch, pyTorchEnvironment } from "../lib/pytorch.mjs";

// Options: --workers 1,2 --samples 0,1,3,5 --infer 0 --batches 27 --theirs 3 --warm 60 --python A,B
export const title =
  "the joint network on sentences like those of CoNLL04 (27 words, 3.6 entities), local losses and minimum risk training; batches of 100";
export const base = [/^PyTorch/];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

export function prepare({ python }) {
  const data = path("../../.cache/bench/joint-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(jointWorkload()));
  return { data, pyTorch: findPyTorch(python) };
}

export function cases({ options, data, pyTorch }) {
  const kinds = [
    ...numbers(options.samples ?? "0,1,3,5").map((samples) => ({
      label: samples === 0 ? "training, local losses" : `training, MRT with ${samples} ${samples === 1 ? "sample" : "samples"}`,
      args: ["--samples", samples],
    })),
    ...(options.infer === "0" ? [] : [{ label: "inference", args: ["--infer", 1] }]),
  ];
  return kinds.flatMap(({ label, args }) =>
    numbers(options.workers ?? "1,2").flatMap((cores) => {
      const group = `${label}, ${cores} ${cores === 1 ? "core" : "cores"}`;
      const shared = ["--data", data, ...args, "--warm", options.warm ?? 60].map(String);
      const ours = {
        name: "Weft",
        group,
        command: process.execPath,
        args: [path("../weft/joint.mjs"), ...shared, "--batches", options.batches ?? "27", "--workers", `${cores}`],
      };
      return [ours, ...theirs(group, [...shared, "--batches", options.theirs ?? "3"], cores, pyTorch)];
    }),
  );
}

function theirs(group, shared, threads, { found, reason }) {
  if (found.length === 0) return [{ name: "PyTorch", group, skip: reason }];
  return found.map(({ command, version }) => ({
    name: `PyTorch ${version}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    group,
    command,
    args: [path("../peers/joint_torch.py"), ...shared, "--threads", `${threads}`],
    env: pyTorchEnvironment(threads),
  }));
}
