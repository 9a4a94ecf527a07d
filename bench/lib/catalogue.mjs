import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * A benchmark module exports:
 * - `title`: what is measured, in words
 * - `unit`: the unit of the measure, "sentences/s" by default
 * - `options`: its own options, each with a few words about it
 * - `prepare(options)`: sets the cases up; its result is passed to `cases`
 * - `cases`: a list of `{ name, group?, command, args, env?, skip? }`, or a function that returns
 *   one from the result of `prepare`. A case with `skip` is not run; its reason is printed. Ratios
 *   are taken within a group. `facts` of a case reach its row
 * - `base`: names of the cases that the others are compared with; of several, the fastest counts
 * - `rounds(options)`: how often each case is run; defaults to three times
 * - `table(rows, options)`: prints the rows; defaults to one line for each
 * - `notes(rows)`: lines below the table
 * - `problems(rows, options)`: what makes the run fail, one line each
 *
 * Each case is a process that prints, as its last line, JSON with `sentences_per_second` and, if it
 * can, the same of a second of processor time (`…_per_cpu_second`), `rss_mb` and `latency_ms`
 * ({ p50, p95, p99 }).
 */
export async function loadBenchmark(name) {
  const file = new URL(`../cases/${name}.mjs`, import.meta.url);
  return /^[\w-]+$/.test(name) && existsSync(file) ? import(file.href) : undefined;
}

export function availableBenchmarks() {
  const folder = fileURLToPath(new URL("../cases/", import.meta.url));
  return readdirSync(folder)
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => file.slice(0, -4));
}
