import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { peerLines, scalingLines } from "../lib/notes.mjs";
import { numbers } from "../lib/options.mjs";
import { findPyTorch, pyTorchEnvironment } from "../lib/pytorch.mjs";
import { gamma, mulberry } from "../lib/random.mjs";
import { againstOption, ourCases, theirCases } from "../lib/sides.mjs";

export const options = {
  "--folder FOLDER": "a BERT in the form of Hugging Face: config.json, model.safetensors",
  "--kernels NAME[,NAME]": "kernel builds of our side; defaults to the fastest here",
  "--against FOLDER": againstOption,
  "--work forward,gradient": "the states of all layers, or with the gradient of every weight",
  "--sentences 256": "sentences, of 30 pieces in the mean",
  "--batch 8,32": "sentences of a batch; the peer's are sorted by length",
  "--python A,B": "interpreters with PyTorch and transformers",
};
export const title = "a transformer of the BERT family, all layers, on sentences of 30 pieces in the mean; one core";
export const base = [/^PyTorch/];
export const notes = (rows) => [...agreement, ...peerLines(rows), ...scalingLines(rows)];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const ours = path("../weft/encoder.mjs");
const theirs = path("../peers/encoder_torch.py");
const agreement = [];

export function prepare({ folder, sentences = "256", python, kernels }) {
  if (folder === undefined) throw new Error("name the folder of a BERT with --folder");
  const { vocab_size: vocabulary } = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
  const random = mulberry(1);
  const drawn = Array.from({ length: Number(sentences) }, () => {
    const length = Math.min(128, 4 + Math.round(gamma(4, 6.5, random)));
    return Array.from({ length }, () => 1 + Math.floor(random() * (vocabulary - 1)));
  });
  const data = path("../../.cache/bench/encoder-workload.json");
  mkdirSync(path("../../.cache/bench/"), { recursive: true });
  writeFileSync(data, JSON.stringify(drawn));
  const [pyTorch, builds] = [findPyTorch(python), chosenBuilds(kernels)];
  compare({ folder, data, pyTorch, builds });
  return { folder, data, pyTorch, builds };
}

/** The largest difference between the states of both sides, over the first sentences. */
function compare({ folder, data, pyTorch, builds }) {
  if (pyTorch.found.length === 0) return;
  const [{ command }] = pyTorch.found;
  const states = path("../../.cache/bench/encoder-states.bin");
  const shared = ["--folder", folder, "--data", data];
  const env = { ...process.env, ...pyTorchEnvironment(1) };
  const written = spawnSync(command, [theirs, ...shared, "--states", states], { encoding: "utf8", env });
  if (written.status !== 0) throw new Error(`PyTorch did not write its states: ${written.stderr.trim().split("\n").at(-1)}`);
  for (const { build, skip } of builds) {
    if (skip !== undefined) continue;
    const read = spawnSync(process.execPath, [ours, ...shared, "--compare", states, "--build", build], { encoding: "utf8" });
    if (read.status !== 0) throw new Error(`${build} kernels: ${read.stderr.trim()}`);
    const { cells, difference, largest } = JSON.parse(read.stdout);
    agreement.push(
      `${build} kernels: ${cells} cells of all layers differ from PyTorch's by at most ${difference.toExponential(1)}; the largest is ${largest.toFixed(1)}`,
    );
  }
}

export function cases({ options: asked, folder, data, pyTorch, builds }) {
  return (asked.work ?? "forward,gradient").split(",").flatMap((work) => {
    const args = ["--folder", folder, "--data", data, "--work", work];
    const variants = numbers(asked.batch ?? "8,32").map((batch) => ({ name: `batches of ${batch}`, args: ["--batch", batch] }));
    return [
      ...ourCases({ builds, work, cores: 1, script: "encoder.mjs", against: asked.against, args, variants }),
      ...theirCases({ pyTorch, work, cores: 1, args, script: theirs, variants }),
    ];
  });
}
