// npm run bench -- NAME [--rounds 3] [--only PATTERN] [--json FILE] [options of the benchmark]
// npm run bench -- NAME --help
import { writeFileSync } from "node:fs";
import { availableBenchmarks, loadBenchmark } from "./lib/catalogue.mjs";
import { machine, machineLine } from "./lib/machine.mjs";
import { readOptions } from "./lib/options.mjs";
import { runInTurn } from "./lib/run-in-turn.mjs";
import { markdown, summarise } from "./lib/summary.mjs";

const { name, options } = readOptions(process.argv.slice(2));
const benchmark = name === undefined ? undefined : await loadBenchmark(name);
if (benchmark === undefined) {
  console.error(
    `usage: npm run bench -- NAME [--rounds 3] [--only PATTERN] [--json FILE]\nbenchmarks: ${availableBenchmarks().join(", ")}`,
  );
  process.exit(2);
}
if (options.help !== undefined) {
  const shared = {
    "--rounds 3": "how often each case runs",
    "--only PATTERN": "cases by name and group",
    "--json FILE": "every sample",
  };
  const all = Object.entries({ ...benchmark.options, ...shared });
  const width = Math.max(...all.map(([option]) => option.length)) + 2;
  console.log([benchmark.title, ...all.map(([option, words]) => `  ${option.padEnd(width)}${words}`.trimEnd())].join("\n"));
  process.exit(0);
}

const rounds = Number(options.rounds ?? benchmark.rounds?.(options) ?? 3);
const context = { options, ...(await benchmark.prepare?.(options)) };
const declared = typeof benchmark.cases === "function" ? benchmark.cases(context) : benchmark.cases;
const only = options.only === undefined ? undefined : new RegExp(options.only, "i");
const cases = declared.filter((one) => only === undefined || only.test(`${one.group ?? ""} ${one.name}`));
const { samples, failures } = await runInTurn(cases, rounds, (line) => console.error(line));
const rows = summarise(cases, samples, benchmark.base);

console.log(`## ${benchmark.title}\n\n${machineLine(machine())}; ${rounds} rounds, the cases in turn.\n`);
console.log(benchmark.table?.(rows, options) ?? markdown(rows, benchmark.unit ?? "sentences/s"));
for (const line of benchmark.notes?.(rows) ?? []) console.log(`- ${line}`);
const skipped = new Map(cases.filter((one) => one.skip !== undefined).map((one) => [one.name, one.skip]));
for (const [skippedName, reason] of skipped) console.log(`Skipped: ${skippedName}: ${reason}`);
for (const { name: failed, reason } of failures) console.log(`Failed: ${failed}: ${reason}`);
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ benchmark: name, machine: machine(), rounds, rows, failures }, null, 2)}\n`);
}
const problems = benchmark.problems?.(rows, options) ?? [];
for (const problem of problems) console.error(`too slow: ${problem}`);
if (failures.length > 0 || problems.length > 0) process.exitCode = 1;
