import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chosenBuilds } from "../lib/builds.mjs";
import { corpusTexts } from "../lib/corpus-texts.mjs";
import { jointWorkload } from "../lib/joint-workload.mjs";
import { builtCheckout, commitOf } from "../lib/other-checkout.mjs";
import { isLoss, pairedRatio } from "../lib/paired.mjs";
import { mulberry } from "../lib/random.mjs";
import { rinWorkload } from "../lib/rin-workload.mjs";

export const options = {
  "--against REF": "the commit to compare with; defaults to the last release, the nearest tag v…",
  "--kernels NAME": "kernels of both sides; defaults to the fastest here",
  "--loss 0.1": "the share of its rate that a case may fall by",
};
export const title = "This checkout against another commit, in turn: processor time of one core";
export const unit = "per second of processor time";
export const rounds = () => 5;

const root = fileURLToPath(new URL("../../", import.meta.url));
const [before, after] = ["before", "now"];

export function prepare({ against, kernels }) {
  const { ref, commit } = commitOf(against);
  const other = builtCheckout(commit, (line) => console.error(line));
  const [{ build, skip }] = chosenBuilds(kernels);
  if (skip !== undefined) throw new Error(`${build}: ${skip}`);
  console.error(`before: ${ref} (${commit.slice(0, 12)}); now: this checkout, with changes that are not committed`);
  const folder = mkdtempSync(join(tmpdir(), "weft-regress-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const [rin, joint, lines] = ["rin.json", "joint.json", "lines.txt"].map((name) => join(folder, name));
  writeFileSync(rin, JSON.stringify(rinWorkload({ sentences: 1_000 })));
  writeFileSync(joint, JSON.stringify(jointWorkload()));
  const texts = corpusTexts();
  const random = mulberry(11);
  writeFileSync(lines, `${Array.from({ length: 3_000 }, () => texts[Math.floor(random() * texts.length)]).join("\n")}\n`);
  return { other, build, data: { rin, joint, lines } };
}

export function cases({ other, build, data }) {
  const model = (script, words) => () => [script, ...words, "--build", build, "--workers", "1"];
  const kinds = {
    "RIN, training": model("rin.mjs", ["--data", data.rin, "--K", "4", "--infer", "0", "--batches", "10", "--warm", "2"]),
    "RIN, inference": model("rin.mjs", ["--data", data.rin, "--K", "4", "--infer", "1", "--batches", "20", "--warm", "10"]),
    "joint network, training": model("joint.mjs", ["--data", data.joint, "--samples", "0", "--batches", "9", "--warm", "2"]),
    "weft extract, lines": (folder) => [
      "extract.mjs",
      ...["--command", join(folder, "packages/weft/bin/weft.js"), "--measure", "processor", "--threads", "1"],
      ...["--model", join(root, "examples/model"), "--file", data.lines],
    ],
  };
  return Object.entries(kinds).flatMap(([group, argsIn]) =>
    [
      [before, other],
      [after, root],
    ].map(([name, folder]) => {
      const [script, ...words] = argsIn(folder);
      return { group, name, command: process.execPath, args: [join(folder, "bench/weft", script), ...words] };
    }),
  );
}

/** @returns {{ group: string, ratio: number, low: number, high: number }[]} */
function ratios(rows) {
  return rows
    .filter(({ name }) => name === before)
    .flatMap((row) => {
      const now = rows.find(({ group, name }) => group === row.group && name === after);
      const [old, fresh] = [row, now].map((side) => side?.samples.map(rateOf) ?? []);
      return old.length === fresh.length && old.length > 1 ? [{ group: row.group, ...pairedRatio(old, fresh) }] : [];
    });
}

/** Of a second of processor time where the case counts it, so that other work does not matter. */
function rateOf(sample) {
  return Object.entries(sample).find(([key]) => key.endsWith("_per_cpu_second"))?.[1] ?? sample.sentences_per_second;
}

export const notes = (rows) =>
  ratios(rows).map(
    ({ group, ratio, low, high }) =>
      `${group}: ${ratio.toFixed(3)} × as fast as before (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
  );

/** What fails the run. */
export function problems(rows, { loss = "0.1" }) {
  return ratios(rows)
    .filter((paired) => isLoss(paired, Number(loss)))
    .map(({ group, ratio }) => `${group} lost ${((1 - ratio) * 100).toFixed(0)} %`);
}
