import type { RunDetails, RunEntry, RunGroup, SplitSummary } from "@weft-nlp/api";
import { meanAndDeviation, type Report, summariseReports } from "@weft-nlp/core/metrics";
import type { TrainConfig } from "@weft-nlp/core/training";
import { shortPath } from "@weft-nlp/node/runs";
import type { KeptReport, KeptSplit, RunShelf, ShelvedRun } from "./run-shelf.ts";

/** Reads the details of a run from its files. @param entries all runs, for the spread over seeds */
export async function runDetailsOf(shelf: RunShelf, run: ShelvedRun, entries: readonly RunEntry[]): Promise<RunDetails> {
  const [entry, { value: config, problem }, report] = await Promise.all([shelf.entry(run), shelf.config(run), shelf.report(run)]);
  const same = entries.filter(({ group, state }) => group !== null && group === entry.group && state === "done");
  const reports: { name: string; report: KeptReport }[] = [];
  for (const { name } of same.length > 1 ? same : []) {
    const other = await shelf.report(await shelf.find(name));
    if (other !== undefined) reports.push({ name, report: other });
  }
  const split = (which: "dev" | "test"): SplitSummary | null => {
    const own = report?.[which];
    if (own === undefined || own === null) return null;
    const all = reports.flatMap(({ name, report: other }) => (other[which] === null ? [] : [{ name, split: other[which] }]));
    return splitSummary(own, all);
  };
  return {
    run: entry,
    config: config === undefined ? null : withShortPaths(config),
    problem: problem ?? null,
    best: report?.best ?? null,
    dev: split("dev"),
    test: split("test"),
  };
}

/**
 * Groups of two or more finished runs that differ only in the seed, with the mean and spread of
 * their dev scores.
 */
export function groupsOf(entries: readonly RunEntry[]): RunGroup[] {
  const groups = new Map<string, RunEntry[]>();
  for (const entry of entries) {
    if (entry.group === null || entry.state !== "done" || entry.dev === null) continue;
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  }
  return [...groups].flatMap(([group, runs]) => {
    const [first] = runs;
    const seeds = [...new Set(runs.map(({ seed }) => seed ?? 0))];
    // The same seed twice is the same training, and would make the spread look too small.
    if (first?.dev === undefined || first.dev === null || seeds.length < runs.length || runs.length < 2) return [];
    const { mean, deviation } = meanAndDeviation(runs.map(({ dev }) => dev?.score ?? 0));
    return {
      group,
      runs: runs.map(({ name }) => name),
      seeds,
      protocol: first.dev.protocol,
      dev: { n: runs.length, mean, deviation },
    };
  });
}

function splitSummary(own: KeptSplit, all: readonly { name: string; split: KeptSplit }[]): SplitSummary {
  const summaries = summariseReports(all.map(({ split }) => reportOf(split)));
  return {
    dataSet: own.dataSet,
    selection: own.selection,
    sentences: own.sentences,
    confidence: own.intervals?.confidence ?? null,
    protocols: own.protocols.map(({ protocol, words, unit, micro, intervals }) => {
      const summary = summaries.find((each) => each.protocol === protocol);
      const { mean = 0, deviation = null } = summary?.micro.f1 ?? {};
      return {
        protocol,
        words,
        unit,
        micro,
        interval: intervals === null ? null : [...intervals.micro.f1],
        spread: summary === undefined ? null : { n: summary.n, mean, deviation, runs: all.map(({ name }) => name) },
      };
    }),
  };
}

/** Only the fields that a summary over reports needs. */
function reportOf(split: KeptSplit): Report {
  return { protocols: Object.fromEntries(split.protocols.map((each) => [each.protocol, each])) } as unknown as Report;
}

/** Absolute paths would disclose the layout of this machine to every client. */
function withShortPaths({ data, vectors, init, ...rest }: TrainConfig): unknown {
  const { train, dev, test, ...others } = data;
  return {
    ...rest,
    data: { train: shortPath(train), dev: shortPath(dev), ...(test === undefined ? {} : { test: shortPath(test) }), ...others },
    vectors: shortPath(vectors),
    ...(init === undefined ? {} : { init: shortPath(init) }),
  };
}
