import { basename, join, resolve } from "node:path";
import type { Sentence } from "@weft-nlp/core";
import type { TrainConfig } from "@weft-nlp/core/training";
import { UsageError } from "@weft-nlp/node";
import type { PlannedRun } from "@weft-nlp/node/experiments";
import { cvReport, cvTable, foldSelectionWords, writeCvReport, writeFolds } from "@weft-nlp/node/experiments";
import { shortPath } from "@weft-nlp/node/runs";
import { Argument, InvalidArgumentError, Option } from "commander";
import { type CommandContext, defineCommand } from "../command.ts";
import { wholeNumber } from "../compute-options.ts";
import {
  configOf,
  finishRuns,
  folderOf,
  type ManyRunsFlags,
  manyRunsOptions,
  manyRunsWords,
  requireSuccess,
  scoringOf,
} from "../many-runs.ts";
import { protocolNames } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { summaryText } from "../summary-text.ts";
import { count } from "../words.ts";

interface Options extends ManyRunsFlags {
  readonly folds: number;
  readonly foldSeed: number;
  readonly devShare: number;
  readonly pool?: string;
  readonly seed?: number;
}

export const cvCommand = defineCommand<[config: string], Options>({
  name: "cv",
  group: "Models",
  summary: "cross-validate a configuration, in folds by document",
  details:
    "Cuts the training data (and what --pool adds) into folds that keep every document whole: sentences with the same `doc`, or of one " +
    "document; a sentence that names none is a document of its own. Documents come in an order drawn by --fold-seed, each to the fold with " +
    "the fewest sentences. A fold is tested once; its dev part is drawn by document from the other folds, a tenth of their sentences " +
    "(--dev-share), and the rest is learnt. The files are FOLDER/folds/N/{train,dev,test}.jsonl, the runs FOLDER/fold-N; the " +
    "configuration's own dev and test are not looked at unless pooled. Reported are the mean ± sample standard deviation over folds, " +
    `and the scores of all test parts together (pooled): report.json, report.html and scores.svg in FOLDER. ${manyRunsWords}`,
  arguments: [new Argument("<config>", "a YAML file, as for weft train")],
  options: [
    new Option("--folds <n>", "how many").default(5).argParser(wholeNumber(2)),
    new Option("--pool <names>", "more data to cut: dev and test for those of the configuration, or files; with commas between"),
    new Option("--fold-seed <n>", "draws the folds").default(1).argParser(wholeNumber(0)),
    new Option("--dev-share <share>", "of the sentences outside a fold, how many choose the epoch").default(0.1).argParser(share),
    new Option("--seed <n>", "of the training: the same as --set seed=N").argParser(wholeNumber(0)),
    ...manyRunsOptions("runs/NAME-cv"),
  ],
  json: true,
  listValues: { protocol: () => [...protocolNames], pool: () => ["dev", "test"] },
  examples: [
    ["weft cv examples/corpus/weft.yaml --folds 3 --pool dev,test", "three folds of the whole bundled corpus"],
    ["weft cv weft.yaml --folds 5 -p pairs-undirected", "five folds of the training data, scored by this protocol"],
  ],
  run: async (context, [path], options) => {
    const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
    const config = await configOf(path, [...(options.set ?? []), ...seed]);
    const folder = folderOf(path, options, "cv");
    const pool = poolOf(config, options.pool);
    const sentences = await readPool(pool, context);
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
        `Test parts of ${report.n} folds (n = ${report.n}): ${foldSelectionWords}. Mean of folds: each fold scored on its own. ` +
          "Pooled: counts summed over the folds before any rate is taken.",
        "micro: of all items; weighted: the mean over relation types, each by its number of gold items.",
      ];
      await context.terminal.print(summaryText(cvTable(report), report.pooled, notes, context));
      context.terminal.say(`\neverything in ${join(folder, "report.html")}`);
    }
    requireSuccess(finished, runs.length);
  },
});

/** The files that are cut: train, and what `--pool` names. */
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
  throw new UsageError(`--pool brings ${twice} in twice`, "train is always part of the pool");
}

async function readPool(paths: readonly string[], context: CommandContext): Promise<Sentence[]> {
  const corpora = await readCorpora(paths, context);
  const losses = corpora.flatMap(({ losses }) => losses);
  if (losses.length > 0) {
    context.terminal.say(`${count(losses.length, "annotation")} could not be carried over; weft data check names them`);
  }
  return corpora.flatMap(({ sentences }) => sentences.map(({ sentence }) => sentence));
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 1)) throw new InvalidArgumentError("expected a number between 0 and 1");
  return value;
}
