// `npm run experiment -- PLAN`: trains and scores every run of experiments/plans/PLAN.yaml. What is done already is not done again, and what
// was interrupted goes on. Ends with a table (mean ± sd over seeds) and, where the plan has an axis, a picture.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { meanAndDeviation } from "@weft-nlp/core/metrics";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { lineChart } from "@weft-nlp/draw";
import { readConfig, resolvePaths, runMany } from "@weft-nlp/node";
import { parse } from "yaml";

/**
 * A run is trained once a seed. `protocol` may be several names with commas between; the first is drawn. `init` names a run that stands
 * further up in the plan: of each seed, this one starts from the other's model.
 *
 * @typedef {{ name: string, config: string, test: string, protocol: string, init?: string, set?: string[], seeds?: number[], series?: string, x?: number }} Run
 * @typedef {{ title: string, axis?: string, seeds: number[], runs: Run[] }} Plan
 * @typedef {import("@weft-nlp/node/experiments").RunOutcome} Outcome
 * @typedef {NonNullable<import("@weft-nlp/core/metrics").Report["protocols"]["strict"]>} Scored
 */

const folder = fileURLToPath(new URL("../experiments/", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string" }, jobs: { type: "string" } },
});
const [name] = positionals;
const available = readdirSync(join(folder, "plans")).map((file) => basename(file, ".yaml"));
if (name === undefined || !available.includes(name)) {
  console.error(`npm run experiment -- PLAN [--threads N] [--jobs N], where PLAN is one of ${available.join(", ")}`);
  process.exit(2);
}
const results = fileURLToPath(new URL(`../runs/${name}/`, import.meta.url));
await mkdir(results, { recursive: true });
await vectorsWithoutCutLine();

/** @type {Plan} */
const plan = parse(await readFile(join(folder, "plans", `${name}.yaml`), "utf8"));
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
/** @type {Map<string, Outcome>} */
const outcomes = new Map();
try {
  await run();
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.error("stopped; the same command goes on");
  process.exit(130);
}
await report();

async function run() {
  const events = runMany(await plannedRuns(), {
    signal: stop.signal,
    threads: values.threads === undefined ? undefined : Number(values.threads),
    jobs: values.jobs === undefined ? undefined : Number(values.jobs),
  });
  for await (const event of events) {
    if (event.kind === "evaluation") {
      process.stderr.write(`${event.run}, epoch ${event.epoch}: ${(100 * event.score).toFixed(1)} on dev\n`);
    } else if (event.kind === "done") outcomes.set(event.run, event.outcome);
    else if (event.kind === "failed") {
      console.error(`${event.run} failed: ${event.error instanceof Error ? event.error.message : String(event.error)}`);
      process.exitCode = 1;
    }
  }
}

/** @returns {Promise<import("@weft-nlp/node/experiments").PlannedRun[]>} */
async function plannedRuns() {
  const planned = [];
  for (const each of plan.runs) {
    for (const seed of seedsOf(each)) {
      const after = each.init === undefined ? undefined : nameOf(requireRun(each, each.init, seed), seed);
      const init = after === undefined ? [] : [`init=${join(results, after)}`];
      planned.push({
        name: nameOf(each, seed),
        folder: join(results, nameOf(each, seed)),
        config: resolvePaths(
          await readConfig(join(folder, each.config), trainConfigSchema(), [...(each.set ?? []), ...init, `seed=${seed}`]),
        ),
        ...(after === undefined ? {} : { after }),
        test: join(folder, each.test),
        protocols: protocolsOf(each),
      });
    }
  }
  return planned;
}

/**
 * @param {Run} run
 * @param {number} seed
 */
function nameOf(run, seed) {
  return `${run.name}-${seed}`;
}

/** @param {Run} run */
function seedsOf(run) {
  return run.seeds ?? plan.seeds;
}

/** @param {Run} run */
function protocolsOf(run) {
  return run.protocol.split(",").map((each) => each.trim());
}

/**
 * @param {Run} run
 * @param {string} init
 * @param {number} seed
 */
function requireRun(run, init, seed) {
  const found = plan.runs.slice(0, plan.runs.indexOf(run)).find((each) => each.name === init);
  if (found !== undefined && seedsOf(found).includes(seed)) return found;
  throw new Error(`${name}.yaml: ${run.name} starts from ${init}, and no run of that name and with seed ${seed} stands above it`);
}

/** @param {Run} run */
function outcomesOf(run) {
  return seedsOf(run).flatMap((seed) => outcomes.get(nameOf(run, seed)) ?? []);
}

/**
 * @param {Run} run
 * @param {string} protocol
 * @returns {Scored[]} a score on test for each seed that is done
 */
function scoresOf(run, protocol) {
  return outcomesOf(run).flatMap(({ test }) => Object.values(test?.protocols ?? {}).filter((each) => each.protocol === protocol));
}

async function report() {
  const lines = plan.runs.flatMap((run) =>
    protocolsOf(run).map((protocol) => {
      const scored = scoresOf(run, protocol);
      const cell = (/** @type {(scored: Scored) => number} */ of) => {
        if (scored.length === 0) return "–";
        const { mean, deviation } = meanAndDeviation(scored.map((each) => 100 * of(each)));
        return deviation === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
      };
      const cells = [
        run.name,
        protocol,
        cell(({ micro }) => micro.precision),
        cell(({ micro }) => micro.recall),
        cell(({ micro }) => micro.f1),
        cell(({ weighted }) => weighted.precision),
        cell(({ weighted }) => weighted.recall),
        cell(({ weighted }) => weighted.f1),
        memoryText(scored[0]?.memory?.f1),
        String(scored.length),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  );
  const names = ["run", "protocol", "micro P", "R", "F1", "weighted P", "R", "F1", "memory F1", "seeds"];
  const head = `| ${names.join(" | ")} |\n|---|---|${"---:|".repeat(8)}`;
  const text = `# ${plan.title}\n\nOn test, in per cent; ± is the sample standard deviation; epochs chosen on dev.\n\n${head}\n${lines.join("\n")}\n`;
  await writeFile(join(results, "table.md"), text);
  console.log(text);
  if (plan.axis === undefined) return;
  const seriesNames = [...new Set(plan.runs.map((run) => run.series ?? run.name))];
  const series = seriesNames.map((each) => {
    const own = plan.runs
      .filter((run) => (run.series ?? run.name) === each)
      .flatMap((run) => {
        const scored = scoresOf(run, protocolsOf(run)[0] ?? "");
        return scored.length === 0 ? [] : [{ x: run.x ?? 0, ...meanAndDeviation(scored.map(({ micro }) => micro.f1)) }];
      });
    return {
      name: each,
      points: own.map(({ x, mean }) => /** @type {const} */ ([x, mean])),
      intervals: own.flatMap(({ x, mean, deviation }) =>
        deviation === null ? [] : [/** @type {const} */ ([x, mean - deviation, mean + deviation])],
      ),
    };
  });
  await writeFile(join(results, "figure.svg"), lineChart({ title: plan.title, xLabel: plan.axis, yLabel: "F1 on test", series }));
}

/** @param {number | undefined} f1 */
function memoryText(f1) {
  return f1 === undefined ? "–" : (100 * f1).toFixed(1);
}

/** The vectors at hand end in the middle of a line, which a reader rightly refuses: this keeps the whole lines. */
async function vectorsWithoutCutLine() {
  const target = fileURLToPath(new URL("../.cache/vectors/glove.txt", import.meta.url));
  if (existsSync(target)) return;
  const text = await readFile(fileURLToPath(new URL("../../shared/data/vectors/glove.6B.100d.txt", import.meta.url)), "utf8");
  await mkdir(fileURLToPath(new URL("../.cache/vectors/", import.meta.url)), { recursive: true });
  await writeFile(target, text.slice(0, text.lastIndexOf("\n") + 1));
}
