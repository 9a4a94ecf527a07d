import { basename, join, resolve } from "node:path";
import type { TrainConfig } from "@weft-nlp/core/training";
import { UsageError } from "@weft-nlp/node/errors";
import {
  type CurveReport,
  curveReport,
  curveRunName,
  curveTable,
  curveWords,
  type PlannedRun,
  writeCurveReport,
  writeSubsets,
} from "@weft-nlp/node/experiments";
import { collectSentences } from "@weft-nlp/node/files";
import { shortPath } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { curveCommand } from "../commands/curve-command.ts";
import { configForData } from "../curve-data.ts";
import { configOf, finishRuns, folderOf, parseSeeds, requireSuccess, scoringOf } from "../many-runs.ts";
import { summaryText } from "../summary-text.ts";

export const run: Handler<typeof curveCommand> = async (context, { source, ...options }) => {
  const [first = ""] = source;
  const configured = source.length === 1 && /\.ya?ml$/i.test(first);
  if (configured && options.dev !== undefined)
    throw new UsageError("--dev belongs to data without a configuration", "use --set data.dev=FILE");
  const shares = parseShares(options.shares);
  const seeds = parseSeeds(options.seeds);
  const folder = folderOf(first.replace(/[/\\]+$/, "").replace(/\.gz$/, ""), options, "curve");
  const data = configured ? undefined : await configForData(source, options.dev, join(folder, "data"), context);
  const path = data?.config ?? first;
  const config = await configOf(path, options.set);
  const { train, trainSentences, ...others } = config.data;
  const { sentences } = await collectSentences(train, { signal: context.signal, reading: config.reading });
  const subsets = await writeSubsets(
    join(folder, "subsets"),
    sentences.slice(0, trainSentences).map(({ sentence }) => sentence),
    { shares, seeds, source: shortPath(train) },
  );
  const configs = new Map<number, TrainConfig>();
  for (const share of shares) {
    const changes = data?.changesFor(share) ?? [];
    configs.set(share, changes.length === 0 ? config : await configOf(path, [...changes, ...options.set]));
  }
  const runs = subsets.map(
    ({ share, seed, path: subset }): PlannedRun => ({
      name: curveRunName(share, seed),
      folder: join(folder, curveRunName(share, seed)),
      config: { ...(configs.get(share) ?? config), seed, data: { ...others, train: resolve(subset) } },
      ...scoringOf(options),
    }),
  );
  const finished = await finishRuns(runs, options, context);
  const failed = finished.failures.map(({ run }) => run);
  const report = curveReport({ configuration: basename(path), seeds, failed }, subsets, finished.outcomes);
  const { protocols = [] } = scoringOf(options);
  if (finished.outcomes.length > 0) await writeCurveReport(folder, report, protocols);
  if (context.terminal.json) await context.terminal.printJson(report);
  else if (finished.outcomes.length > 0) await show(report, protocols, folder, context);
  requireSuccess(finished, runs.length);
};

async function show(report: CurveReport, protocols: readonly string[], folder: string, context: CommandContext): Promise<void> {
  const words = report.shares.flatMap(({ dev }) => dev);
  await context.terminal.print(summaryText(curveTable(report, protocols), words, curveWords(report), context));
  context.terminal.say(`\neverything in ${join(folder, "report.html")}`);
}

/** @throws {UsageError} unless they are different shares above 0 and up to 1 */
function parseShares(given: readonly string[] | undefined): number[] {
  if (given === undefined) return [0.125, 0.25, 0.5, 1];
  const shares = given.map(Number).sort((a, b) => a - b);
  if (shares.every((share) => share > 0 && share <= 1) && new Set(shares).size === shares.length) return shares;
  throw new UsageError(
    `--shares takes different numbers above 0 and up to 1, not ${JSON.stringify(given.join(","))}`,
    "--shares 0.125,0.25,0.5,1, for example",
  );
}
