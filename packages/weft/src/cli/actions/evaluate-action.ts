import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { type BuiltModel, reconstrain } from "@weft-nlp/core/inference";
import { formatReport, type Prediction } from "@weft-nlp/core/metrics";
import { scorePage } from "@weft-nlp/draw";
import { runProvenance } from "@weft-nlp/node/experiments";
import { defaultProtocols, evaluateModel, loadModel, readConstraints, withSettings } from "@weft-nlp/node/extractor";
import { writeFileAtomically } from "@weft-nlp/node/files";
import { shortPath, writeReport } from "@weft-nlp/node/runs";
import type { Handler } from "../command.ts";
import type { evaluateCommand } from "../commands/evaluate-command.ts";
import { requireKnownTypes, typesIn, typesKnownTo } from "../known-types.ts";
import { mistakeExamples } from "../mistake-examples.ts";
import { parseProtocols } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { scoreTable } from "../score-table.ts";
import { count } from "../words.ts";

export const run: Handler<typeof evaluateCommand> = async (context, { model: folder, data: path, ...options }) => {
  const { terminal } = context;
  const built = await decodedAs(await loadModel(folder, options), options);
  const paths = [path, ...(options.train === undefined ? [] : [options.train])];
  const { reading, text, negatives } = built.description;
  const how = { reading, text, negatives, columns: options.columns };
  const [data, train] = await readCorpora(paths, context, undefined, undefined, how);
  const sentences = sentencesOf(data?.sentences);
  requireKnownTypes(options.types, [...typesIn(sentences), ...typesKnownTo(built)]);
  const names = options.protocol === undefined ? defaultProtocols(built) : parseProtocols(options.protocol);
  const bar = terminal.progress("predicting", sentences.length);
  const { report, predictions } = await evaluateModel(
    built,
    sentences,
    {
      ...options,
      protocols: names,
      train: train && sentencesOf(train.sentences),
      intervals: { resamples: options.resamples },
      onProgress: (done) => bar.update(done),
    },
    { ...(await runProvenance(folder)), dataSet: shortPath(path), ignoredTypes: options.ignore, onlyTypes: options.types },
  ).finally(() => bar.stop());
  const value = { model: shortPath(folder), ...report };
  if (options.predictions !== undefined) {
    const lines = sentences.map((sentence, index) => {
      const { entities = [], relations = [] } = predictions[index] ?? {};
      return `${JSON.stringify(recordOf(documentFromSentence({ ...sentence, entities, relations })))}\n`;
    });
    await writeFileAtomically(options.predictions, lines);
  }
  if (options.report !== undefined) {
    const page = await scorePage({
      report,
      gold: sentences,
      predictions,
      title: `${value.model} on ${shortPath(path)}`,
      facts: [["model", `${value.model} (${built.description.name})`]],
    });
    terminal.say(`report in ${await writeReport(options.report, { name: "report", value, page })}`);
  }
  if (terminal.json) return terminal.printJson(value);
  const search = searchWords(predictions);
  if (search !== undefined) terminal.say(search);
  if (data !== undefined && data.omissions.length > 0)
    terminal.say(`${count(data.omissions.length, "annotation")} could not be carried over`);
  await terminal.print(options.details ? formatReport(report).trimEnd() : scoreTable(report, terminal));
  if (options.examples !== undefined)
    await terminal.print(`\n${mistakeExamples(report, sentences, predictions, options.examples, terminal)}`);
};

/** The model with other constraints and settings, if the command line asks for them. */
async function decodedAs(
  built: BuiltModel,
  { constraints, set }: { readonly constraints: string | undefined; readonly set: readonly string[] },
): Promise<BuiltModel> {
  const changed = withSettings(built, set);
  if (constraints === undefined) return changed;
  return reconstrain(changed, constraints === "off" ? undefined : await readConstraints(constraints));
}

/** How the constraints of a model were met, if it has any. */
function searchWords(predictions: readonly Prediction[]): string | undefined {
  const searches = predictions.flatMap(({ search }) => search ?? []);
  if (searches.length === 0) return undefined;
  const conflicts = searches.filter((search) => search.conflicts > 0);
  const beam = conflicts.filter(({ method }) => method === "beam").length;
  const how = beam === 0 ? "all decided exactly" : `${count(beam, "of them was", "of them were")} decided by a beam`;
  return `constraints: ${count(conflicts.length, "sentence")} with conflicting relations${conflicts.length === 0 ? "" : `, ${how}`}`;
}

function sentencesOf(placed: readonly { readonly sentence: Sentence }[] | undefined): Sentence[] {
  return placed?.map(({ sentence }) => sentence) ?? [];
}
