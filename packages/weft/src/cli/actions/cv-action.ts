import { basename, join, resolve } from "node:path";
import type { Sentence } from "@weft-nlp/core";
import type { TrainConfig } from "@weft-nlp/core/training";
import { UsageError } from "@weft-nlp/node/errors";
import type { PlannedRun } from "@weft-nlp/node/experiments";
import { cvReport, cvTable, foldSelectionWords, writeCvReport, writeFolds } from "@weft-nlp/node/experiments";
import { shortPath } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { cvCommand } from "../commands/cv-command.ts";
import { configOf, finishRuns, folderOf, requireSuccess, scoringOf } from "../many-runs.ts";
import { readCorpora } from "../reading.ts";
import { summaryText } from "../summary-text.ts";
import { count } from "../words.ts";

export const run: Handler<typeof cvCommand> = async (context, { config: path, ...options }) => {
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const config = await configOf(path, [...options.set, ...seed]);
  const folder = folderOf(path, options, "cv");
  const pool = poolOf(config, options.pool);
  const sentences = await readPool(pool, config, context);
  const { folds: number, foldSeed, devShare } = options;
  const { plan, folds } = await writeFolds(join(folder, "folds"), sentences, {
    folds: number,
    seed: foldSeed,
    devShare,
    pool: pool.map(shortPath),
  });
  const runs = folds.map(
    ({ train, dev, test }, index): PlannedRun => ({
      name: `fold-${index + 1}`,
      folder: join(folder, `fold-${index + 1}`),
      config: {
        ...config,
        data: { ...config.data, train: resolve(train.path), dev: resolve(dev.path), test: resolve(test.path) },
      },
      ...scoringOf(options),
    }),
  );
  context.terminal.say(`${count(sentences.length, "sentence")} in ${number} folds by document: ${join(folder, "folds")}`);
  const finished = await finishRuns(runs, options, context);
  const failed = finished.failures.map(({ run }) => run);
  const report = cvReport({ configuration: basename(path), seed: config.seed, failed, plan, files: folds }, finished.outcomes);
  if (report.n > 0) await writeCvReport(folder, report);
  if (context.terminal.json) await context.terminal.printJson(report);
  else if (report.n > 0) {
    const notes = [
      `Test parts of ${report.n} folds (n = ${report.n}): ${foldSelectionWords}. Mean of folds: each fold scored separately. ` +
        "Pooled: counts summed over the folds before computing rates.",
      "micro: of all items; weighted: the mean over relation types, each by its number of gold items.",
    ];
    await context.terminal.print(summaryText(cvTable(report), report.pooled, notes, context));
    context.terminal.say(`\neverything in ${join(folder, "report.html")}`);
  }
  requireSuccess(finished, runs.length);
};

/** The files to cut into folds: train, and those that `--pool` names. */
function poolOf({ data }: TrainConfig, asked: string | undefined): string[] {
  const named = (asked?.split(",") ?? []).map((name) => {
    const part = name.trim();
    if (part === "dev") return data.dev;
    if (part !== "test") return resolve(part);
    if (data.test !== undefined) return data.test;
    throw new UsageError("--pool names test, but the configuration has no data.test", "name the file itself, or set data.test");
  });
  const files = [data.train, ...named];
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice === undefined) return files;
  throw new UsageError(`the pool contains ${twice} twice`, "train is always part of the pool");
}

async function readPool(paths: readonly string[], { data, text }: TrainConfig, context: CommandContext): Promise<Sentence[]> {
  const { negatives, columns } = data;
  const corpora = await readCorpora(paths, context, undefined, undefined, { negatives, columns, text });
  const omissions = corpora.flatMap(({ omissions }) => omissions);
  if (omissions.length > 0) {
    context.terminal.say(`${count(omissions.length, "annotation")} could not be carried over; weft data check lists them`);
  }
  return corpora.flatMap(({ sentences }) => sentences.map(({ sentence }) => sentence));
}
