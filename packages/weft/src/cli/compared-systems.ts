import { join } from "node:path";
import type { BuiltModel } from "@weft-nlp/core/inference";
import type { ComparedSystem, Prediction } from "@weft-nlp/core/metrics";
import { UsageError } from "@weft-nlp/node/errors";
import { loadModel, predictSentences } from "@weft-nlp/node/extractor";
import type { Corpus } from "@weft-nlp/node/files";
import { exists } from "@weft-nlp/node/files";
import { shortPath } from "@weft-nlp/node/runs";
import type { CommandContext } from "./command.ts";
import type { OptionsInput } from "./declaration.ts";
import { matchSentences } from "./match-sentences.ts";
import { readCorpora } from "./reading.ts";
import { type SameAsGold, sameAsGold } from "./same-as-gold.ts";
import type { computeOptions } from "./shared-options.ts";

interface SystemOptions extends OptionsInput<typeof computeOptions> {
  readonly threshold: number | undefined;
  readonly format: string | undefined;
  readonly columns: Readonly<Record<string, string>> | undefined;
}

export interface OpenedSystem extends ComparedSystem {
  /** The first run's model; files of predictions have none. */
  readonly model: BuiltModel | undefined;
  /** Files of predictions that equal gold. */
  readonly sameAsGold: readonly SameRun[];
}

interface SameRun extends SameAsGold {
  readonly path: string;
}

/**
 * The predictions of one system for the sentences of `gold`. Models are run; predictions in files
 * are matched by id or order.
 *
 * @param list a path, or several with commas between: the runs of one system
 * @throws {DataError} SENTENCES_MISMATCH if a file does not hold the sentences of gold
 */
export async function openSystem(
  list: string,
  gold: Corpus,
  options: SystemOptions,
  context: CommandContext,
): Promise<OpenedSystem> {
  const paths = (await exists(list)) ? [list] : list.split(",").map((path) => path.trim());
  if (paths.some((path) => path === "")) {
    throw new UsageError(`${JSON.stringify(list)} names no run`, "write the runs of one system as a,b,c");
  }
  const sentences = gold.sentences.map(({ sentence }) => sentence);
  const runs: (readonly Prediction[])[] = [];
  const sameRuns: SameRun[] = [];
  let model: BuiltModel | undefined;
  for (const path of paths) {
    if (!(await isModel(path))) {
      const how = { annotation: "predicted", columns: options.columns } as const;
      const [predicted] = await readCorpora([path], context, options.format, undefined, how);
      const matched = matchSentences(gold, predicted as Corpus);
      const same = sameAsGold(gold, predicted as Corpus, matched);
      if (same !== undefined) {
        sameRuns.push({ path, ...same });
        context.terminal.say(`warning: ${same.message}`);
      }
      // Pairs that were found by their words are in the order of gold.
      runs.push(matched.predicted);
      continue;
    }
    const built = await loadModel(path, options);
    model ??= built;
    const bar = context.terminal.progress(shortPath(path), sentences.length);
    const onProgress = (done: number): void => bar.update(done);
    runs.push(await predictSentences(built, sentences, { ...options, onProgress }).finally(() => bar.stop()));
  }
  return { name: paths.map(shortPath).join(", "), runs, model, sameAsGold: sameRuns };
}

/** Whether a path is a model's folder or a run's; anything else is read as annotated sentences. */
async function isModel(path: string): Promise<boolean> {
  return (await exists(join(path, "config.json"))) || (await exists(join(path, "model", "config.json")));
}
