import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { formatReport } from "@weft-nlp/core/metrics";
import { scorePage } from "@weft-nlp/draw";
import { runProvenance } from "@weft-nlp/node/experiments";
import { defaultProtocols, evaluateModel, loadModel } from "@weft-nlp/node/extractor";
import { writeFileAtomically } from "@weft-nlp/node/files";
import { shortPath, writeReport } from "@weft-nlp/node/runs";
import { Argument, Option } from "commander";
import { defineCommand } from "../command.ts";
import { type ComputeFlags, computeOptions, probability } from "../compute-options.ts";
import { mistakeExamples } from "../mistake-examples.ts";
import { parseProtocols, protocolNames } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { requireKnownTypes, type ScoreFlags, scoreOptions, typesIn, typesKnownTo } from "../score-options.ts";
import { scoreTable } from "../score-table.ts";
import { count } from "../words.ts";

interface Options extends ComputeFlags, ScoreFlags {
  readonly protocol?: string;
  readonly train?: string;
  readonly threshold?: number;
  readonly predictions?: string;
  readonly details?: boolean;
}

export const evaluateCommand = defineCommand<[model: string, data: string], Options>({
  name: "evaluate",
  group: "Models",
  summary: "score a model on annotated data",
  arguments: [
    new Argument("<model>", "a model's folder, or a run's"),
    new Argument("<data>", "annotated sentences, plain or gzip; - for standard input"),
  ],
  options: [
    new Option("-p, --protocol <names>", "what counts as right; several names with commas between"),
    new Option("--train <file>", "training data: adds a baseline that only remembers, and scores for unseen triples"),
    new Option("--threshold <p>", "probability from which a relation counts; the model's own where left out").argParser(
      probability,
    ),
    new Option("--predictions <file>", "write what the model found, as JSONL"),
    new Option("--details", "all breakdowns: by type, distance, overlap, length"),
    ...scoreOptions,
    ...computeOptions,
  ],
  json: true,
  listValues: { protocol: () => [...protocolNames] },
  examples: [
    ["weft evaluate runs/weft-1 test.jsonl", "the usual protocols"],
    ["weft evaluate runs/weft-1 test.jsonl -p strict --train train.jsonl --details", "one protocol, cut in every way"],
    ["weft evaluate runs/weft-1 test.jsonl --report reports/weft-1", "a page with pictures and every mistake beside gold"],
  ],
  run: async (context, [folder, path], options) => {
    const { terminal } = context;
    const built = await loadModel(folder, options);
    const paths = [path, ...(options.train === undefined ? [] : [options.train])];
    const [data, train] = await readCorpora(paths, context);
    const sentences = sentencesOf(data?.sentences);
    requireKnownTypes(options, [...typesIn(sentences), ...typesKnownTo(built)]);
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
    if (data !== undefined && data.losses.length > 0)
      terminal.say(`${count(data.losses.length, "annotation")} could not be carried over`);
    await terminal.print(options.details === true ? formatReport(report).trimEnd() : scoreTable(report, terminal));
    if (options.examples !== undefined)
      await terminal.print(`\n${mistakeExamples(report, sentences, predictions, options.examples, terminal)}`);
  },
});

function sentencesOf(placed: readonly { readonly sentence: Sentence }[] | undefined): Sentence[] {
  return placed?.map(({ sentence }) => sentence) ?? [];
}
