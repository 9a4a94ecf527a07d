import { dirname } from "node:path";
import type { Sentence } from "@weft-nlp/core";
import { type BuiltModel, type ModelDescription, mergeModels } from "@weft-nlp/core/inference";
import { formatMarkdown, type ProtocolName, type Report } from "@weft-nlp/core/metrics";
import { openFolder } from "../files/open-folder.ts";
import { makeFolder } from "../files/write-file.ts";
import { defaultProtocols, evaluateModel } from "./evaluate-model.ts";
import { type ComputeOptions, engineOptions, loadModel, saveModel } from "./model-folder.ts";

/** What a merged model is scored on, next to its members. */
export interface MergeData {
  /** Reads the sentences as the models do: what they read at once, and how text becomes words. */
  readonly read: (how: Pick<ModelDescription, "reading" | "text" | "negatives">) => Promise<readonly Sentence[]>;
  /** The name of the data, for the report and the model card. */
  readonly name: string;
}

/** Where an ensemble goes, and what it is scored on. */
export interface MergeOptions extends ComputeOptions {
  /** The folder of the new model; it must not exist or be empty. */
  readonly out: string;
  /** Defaults to no scores. */
  readonly data?: MergeData | undefined;
  /** Called before each model is scored. */
  readonly onModel?: ((name: string) => void) | undefined;
}

/** An ensemble and, if there were data, how it does next to its members. */
export interface MergeResult {
  readonly model: BuiltModel;
  readonly scores: MergeScores | undefined;
}

/** The scores of an ensemble next to those of its members. */
export interface MergeScores {
  readonly protocol: ProtocolName;
  /** F1 of each member alone, 0 to 1. */
  readonly members: readonly number[];
  readonly report: Report;
}

/**
 * Makes one model of the models of several runs, and writes it into a folder of its own. It decides
 * from the mean of their probabilities.
 *
 * @param folders runs' folders or models', two or more
 * @throws {ConfigError} MERGE_IMPOSSIBLE if they differ in more than seed and words
 * @throws {FileError} OUTPUT_EXISTS if the folder holds anything already
 */
export async function mergeRuns(
  folders: readonly string[],
  { out, data, onModel, ...compute }: MergeOptions,
): Promise<MergeResult> {
  await makeFolder(dirname(out));
  const folder = await openFolder(out);
  try {
    const models: { readonly model: BuiltModel; readonly source: string }[] = [];
    for (const source of folders) models.push({ model: await loadModel(source, compute), source });
    const model = mergeModels(models, engineOptions(compute));
    const scores = data === undefined ? undefined : await scoresOf([...models, { model, source: out }], data, compute, onModel);
    await saveModel(model, folder.temporary, card(model, folders.length, data, scores));
    await folder.close();
    return { model, scores };
  } catch (error) {
    await folder.abort();
    throw error;
  }
}

/** @param models the members, then the ensemble */
async function scoresOf(
  models: readonly { readonly model: BuiltModel; readonly source: string }[],
  { read, name }: MergeData,
  compute: ComputeOptions,
  onModel: MergeOptions["onModel"],
): Promise<MergeScores | undefined> {
  const sentences = await read(models[0]?.model.description ?? {});
  const reports: Report[] = [];
  for (const { model, source } of models) {
    onModel?.(source);
    const words = { dataSet: name, selection: "each member by its own run" };
    reports.push((await evaluateModel(model, sentences, { ...compute, protocols: defaultProtocols(model) }, words)).report);
  }
  const report = reports.pop();
  if (report === undefined) return undefined;
  const [protocol] = Object.keys(report.protocols);
  if (protocol === undefined) return undefined;
  return { protocol, members: reports.map(({ protocols }) => protocols[protocol]?.micro.f1 ?? 0), report };
}

/** The README of an ensemble. */
function card(
  { description, definition }: BuiltModel,
  members: number,
  data: MergeData | undefined,
  scores: MergeScores | undefined,
): string {
  const alone = scores?.members.map((f1) => (100 * f1).toFixed(1)).join(", ");
  return `# ${members} × ${description.name} (${definition.paper})

An ensemble made with \`weft merge\`: ${members} networks of one configuration, trained with different seeds. Each decision is made from
the mean of their probabilities. It takes ${members} times as long as one of them.

- Relation types (${description.lexicon.relations.size}): ${[...description.lexicon.relations].map((name) => `\`${name}\``).join(", ")}
${scores === undefined ? "" : `\n## Scores on ${data?.name}\n\nF1 of the members alone, by \`${scores.protocol}\`: ${alone}.\n\n${formatMarkdown(scores.report)}\n`}`;
}
