import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { formatReport } from "@weft-nlp/core/metrics";
import { scorePage } from "@weft-nlp/draw";
import { runProvenance } from "@weft-nlp/node/experiments";
import { defaultProtocols, evaluateModel, loadModel } from "@weft-nlp/node/extractor";
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
  const built = await loadModel(folder, options);
  const paths = [path, ...(options.train === undefined ? [] : [options.train])];
  const [data, train] = await readCorpora(paths, context, undefined, undefined, built.description.reading);
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
  if (data !== undefined && data.omissions.length > 0)
    terminal.say(`${count(data.omissions.length, "annotation")} could not be carried over`);
  await terminal.print(options.details ? formatReport(report).trimEnd() : scoreTable(report, terminal));
  if (options.examples !== undefined)
    await terminal.print(`\n${mistakeExamples(report, sentences, predictions, options.examples, terminal)}`);
};

function sentencesOf(placed: readonly { readonly sentence: Sentence }[] | undefined): Sentence[] {
  return placed?.map(({ sentence }) => sentence) ?? [];
}
