import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * One benchmark module exports:
 * - `title`: what is measured, in words
 * - `unit`: of the measure, default "sentences/s"
 * - `prepare(options)`: makes what the cases need; what it returns is handed to `cases`
 * - `cases`: a list, or a function from what was prepared to one, of
 *   `{ name, group?, command, args, env?, skip? }`; a case with `skip` is not run and its reason
 *   printed; ratios are taken within a group
 * - `base`: names of the cases the others are compared with; where there are several, the fastest
 *   of them
 *
 * - `rounds(options)`: how often each case is run, where that is not three times
 *
 * Each case is a process that prints, as its last line, JSON with `sentences_per_second` and, if it
 * can tell, `rss_mb` and `latency_ms` ({ p50, p95, p99 }).
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
