// `npm run experiment -- PLAN`: trains and scores every run of experiments/plans/PLAN.yaml, one after the other. What is done already is not
// done again, and what was interrupted goes on. Ends with a table (mean ± sd over seeds) and, where the plan has an axis, a picture.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import {
  collectSentences,
  evaluateModel,
  lineChart,
  loadModel,
  meanAndDeviation,
  readConfig,
  trainConfig,
  trainRun,
} from "../packages/weft/dist/index.js";
import { resolvePaths } from "../packages/weft/dist/runs/resolve-paths.js";

/**
 * @typedef {{ name: string, config: string, test: string, protocol: string, set?: string[], seeds?: number[], series?: string, x?: number }} Run
 * @typedef {{ title: string, axis?: string, seeds: number[], runs: Run[] }} Plan
 * @typedef {{ precision: number, recall: number, f1: number, memory: number, epoch: number, weighted?: Rates }} Outcome
 * @typedef {{ precision: number, recall: number, f1: number }} Rates
 */

const folder = fileURLToPath(new URL("../experiments/", import.meta.url));
const [name, ...flags] = process.argv.slice(2);
const available = readdirSync(join(folder, "plans")).map((file) => basename(file, ".yaml"));
if (name === undefined || !available.includes(name)) {
  console.error(`npm run experiment -- PLAN [--threads N], where PLAN is one of ${available.join(", ")}`);
  process.exit(2);
}
const threads = flags[0] === "--threads" ? Number(flags[1]) : undefined;
const results = fileURLToPath(new URL(`../runs/${name}/`, import.meta.url));
await mkdir(results, { recursive: true });
await vectorsWithoutCutLine();

/** @type {Plan} */
const plan = parse(await readFile(join(folder, "plans", `${name}.yaml`), "utf8"));
/** @type {{ run: Run, outcomes: Outcome[] }[]} */
const finished = [];
for (const run of plan.runs) {
  const outcomes = [];
  for (const seed of run.seeds ?? plan.seeds) outcomes.push(await outcomeOf(run, seed));
  finished.push({ run, outcomes });
}
await report();

/**
 * @param {Run} run
 * @param {number} seed
 * @returns {Promise<Outcome>}
 */
async function outcomeOf(run, seed) {
  const place = join(results, `${run.name}-${seed}`);
  const file = join(place, "test.json");
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8"));
  const config = await readConfig(join(folder, run.config), trainConfig, [...(run.set ?? []), `seed=${seed}`]);
  let epoch = 0;
  for await (const event of trainRun({ config: resolvePaths(config), folder: place, resume: true, threads })) {
    if (event.kind === "evaluation") {
      process.stderr.write(`${run.name}, seed ${seed}, epoch ${event.epoch}: ${(100 * event.score).toFixed(1)} on dev\n`);
    }
    if (event.kind === "end") epoch = event.best?.epoch ?? 0;
  }
  // The one look at test: after training, with the epoch that dev chose.
  const sentences = async (/** @type {string} */ path) =>
    (await collectSentences(path)).sentences.map(({ sentence }) => sentence);
  const { report } = await evaluateModel(await loadModel(place, { threads }), await sentences(join(folder, run.test)), {
    protocols: [run.protocol],
    train: await sentences(resolvePaths(config).data.train),
    threads,
  });
  const [scored] = Object.values(report.protocols);
  if (scored === undefined) throw new Error(`no score by ${run.protocol}`);
  const { precision, recall, f1 } = scored.micro;
  const outcome = { precision, recall, f1, memory: scored.memory?.f1 ?? 0, epoch, weighted: scored.weighted };
  await writeFile(file, JSON.stringify(outcome));
  return outcome;
}

async function report() {
  const lines = finished.map(({ run, outcomes }) => {
    const cell = (/** @type {(outcome: Outcome) => number | undefined} */ of) => {
      const values = outcomes.flatMap((outcome) => of(outcome) ?? []);
      if (values.length < outcomes.length) return "–";
      const { mean, deviation } = meanAndDeviation(values.map((value) => 100 * value));
      return outcomes.length === 1 ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${(deviation ?? 0).toFixed(1)}`;
    };
    const micro = [cell(({ precision }) => precision), cell(({ recall }) => recall), cell(({ f1 }) => f1)];
    const weighted = [cell((outcome) => outcome.weighted?.precision), cell((outcome) => outcome.weighted?.recall)];
    const memory = (100 * (outcomes[0]?.memory ?? 0)).toFixed(1);
    const cells = [run.name, run.protocol, ...micro, ...weighted, cell((outcome) => outcome.weighted?.f1), memory];
    return `| ${cells.join(" | ")} | ${outcomes.length} |`;
  });
  const names = ["run", "protocol", "micro P", "R", "F1", "weighted P", "R", "F1", "memory F1", "seeds"];
  const head = `| ${names.join(" | ")} |\n|---|---|${"---:|".repeat(8)}`;
  const text = `# ${plan.title}\n\nOn test, in per cent; epochs chosen on dev.\n\n${head}\n${lines.join("\n")}\n`;
  await writeFile(join(results, "table.md"), text);
  console.log(text);
  if (plan.axis === undefined) return;
  const seriesNames = [...new Set(plan.runs.map((run) => run.series ?? run.name))];
  const series = seriesNames.map((each) => ({
    name: each,
    points: finished
      .filter(({ run }) => (run.series ?? run.name) === each)
      .map(({ run, outcomes }) => /** @type {const} */ ([run.x ?? 0, meanAndDeviation(outcomes.map(({ f1 }) => f1)).mean])),
  }));
  await writeFile(join(results, "figure.svg"), lineChart({ title: plan.title, xLabel: plan.axis, yLabel: "F1 on test", series }));
}

/** The vectors at hand end in the middle of a line, which a reader rightly refuses: this keeps the whole lines. */
async function vectorsWithoutCutLine() {
  const target = fileURLToPath(new URL("../.cache/vectors/glove.txt", import.meta.url));
  if (existsSync(target)) return;
  const text = await readFile(fileURLToPath(new URL("../../shared/data/vectors/glove.6B.100d.txt", import.meta.url)), "utf8");
  await mkdir(fileURLToPath(new URL("../.cache/vectors/", import.meta.url)), { recursive: true });
  await writeFile(target, text.slice(0, text.lastIndexOf("\n") + 1));
}
