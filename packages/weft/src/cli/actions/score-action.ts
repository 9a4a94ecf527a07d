import type { Sentence } from "@weft-nlp/core";
import {
  buildMemoryBaseline,
  evaluate,
  formatReport,
  type Prediction,
  type ProtocolName,
  protocols,
  type Report,
  withRawOutput,
} from "@weft-nlp/core/metrics";
import { scorePage } from "@weft-nlp/draw";
import { UsageError } from "@weft-nlp/node/errors";
import type { Corpus } from "@weft-nlp/node/files";
import { shortPath, writeReport } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { scoreCommand } from "../commands/score-command.ts";
import { requireKnownTypes, typesIn } from "../known-types.ts";
import { type MatchedSentences, matchSentences } from "../match-sentences.ts";
import { mistakeExamples } from "../mistake-examples.ts";
import { parseProtocols, usualProtocols } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { sameAsGold } from "../same-as-gold.ts";
import { scoreTable } from "../score-table.ts";
import { SkippedDocuments } from "../skipped-documents.ts";
import { count } from "../words.ts";

export const run: Handler<typeof scoreCommand> = async (context, { gold: goldPath, predicted: predictedPath, ...options }) => {
  const names = options.protocol === undefined ? undefined : parseProtocols(options.protocol, options.anchor);
  if (goldPath === "-" && predictedPath === "-") throw new UsageError("only one of the two files can be standard input");
  const skipped = new SkippedDocuments(options.skipInvalid);
  const read = async (path: string, annotation: "gold" | "predicted"): Promise<Corpus> => {
    const { textField, annotator, columns } = options;
    const more = { annotation, textField, annotator, columns, onInvalid: skipped.onInvalid };
    const [corpus] = await readCorpora([path], context, options.format, undefined, more);
    return corpus as Corpus;
  };
  const gold = await read(goldPath, "gold");
  const predicted = await read(predictedPath, "predicted");
  const train = options.train === undefined ? undefined : await read(options.train, "gold");
  const matched = matchSentences(gold, predicted, { both: skipped.total > 0 });
  const same = sameAsGold(gold, predicted, matched);
  if (same !== undefined) context.terminal.say(`warning: ${same.message}`);
  requireKnownTypes(options.types, typesIn([...matched.gold, ...matched.predicted]));
  const memory = train === undefined ? undefined : buildMemoryBaseline(train.sentences.map(({ sentence }) => sentence));
  const chosen = names ?? usualProtocols(matched.gold, options.anchor);
  const report = scoreAll(matched, chosen, (names, predictions) =>
    evaluate(matched.gold, predictions, {
      protocols: names,
      memory,
      dataSet: shortPath(gold.source),
      selection: "not recorded in a file of predictions",
      ignoredTypes: options.ignore,
      onlyTypes: options.types,
      intervals: { resamples: options.resamples },
    }),
  );
  const omissions = gold.omissions.length + predicted.omissions.length;
  const files = {
    gold: gold.source,
    predicted: predicted.source,
    train: train?.source,
    matchedBy: matched.by,
    notCarried: omissions,
    ...(same === undefined ? {} : { sameAsGold: same.by, warnings: [same.message] }),
    ...skipped.toJson(),
  };
  const value = { ...files, ...report };
  if (options.report !== undefined) {
    const page = await scorePage({
      report,
      gold: matched.gold,
      predictions: matched.predicted,
      title: `${shortPath(predicted.source)} against ${shortPath(gold.source)}`,
      facts: [
        ["predictions", shortPath(predicted.source)],
        ["matched by", matched.by],
      ],
    });
    context.terminal.say(`report in ${await writeReport(options.report, { name: "report", value, page })}`);
  }
  if (context.terminal.json) return context.terminal.printJson(value);
  skipped.say(context);
  if (omissions > 0)
    context.terminal.say(`${count(omissions, "annotation")} could not be carried over; weft data check lists them`);
  const text = options.details
    ? formatReport(report).trimEnd()
    : describe(report, matched, [gold.source, predicted.source], context);
  await context.terminal.print(text);
  if (options.examples !== undefined) {
    const examples = mistakeExamples(report, matched.gold, matched.predicted, options.examples, context.terminal);
    await context.terminal.print(`\n${examples}`);
  }
};

/**
 * Protocols of cells score raw output. A file has only triples, so they are mapped to cells by
 * their first or last word.
 */
function scoreAll(
  { predicted }: MatchedSentences,
  names: readonly ProtocolName[],
  evaluateBy: (names: readonly ProtocolName[], predictions: readonly Prediction[]) => Report,
): Report {
  const groups = [
    { names: names.filter((name) => protocols.get(name).unit !== "cells"), anchor: undefined },
    { names: names.filter((name) => protocols.get(name).unit === "cells" && !name.endsWith("-first")), anchor: "last" as const },
    { names: names.filter((name) => protocols.get(name).unit === "cells" && name.endsWith("-first")), anchor: "first" as const },
  ].filter((group) => group.names.length > 0);
  const reports = groups.map(({ names, anchor }) =>
    evaluateBy(
      names,
      anchor === undefined ? predicted : predicted.map((each) => withRawOutput(each, each.tokens.length, anchor)),
    ),
  );
  const [first] = reports;
  if (first === undefined) throw new RangeError("expected at least one protocol");
  const byName: Report["protocols"] = Object.assign({}, ...reports.map((report) => report.protocols));
  return { ...first, protocols: Object.fromEntries(names.flatMap((name) => (byName[name] ? [[name, byName[name]]] : []))) };
}

function describe(
  report: Report,
  matched: MatchedSentences,
  [gold = "", predicted = ""]: readonly string[],
  { terminal }: CommandContext,
): string {
  const files = [
    file("gold", gold, matched.gold, terminal.style),
    file("predicted", predicted, matched.predicted, terminal.style),
  ];
  return `${files.join("\n")}\n\n${scoreTable(report, terminal)}`;
}

function file(role: string, name: string, sentences: readonly Sentence[], style: CommandContext["terminal"]["style"]): string {
  const entities = sentences.reduce((sum, sentence) => sum + sentence.entities.length, 0);
  const relations = sentences.reduce((sum, sentence) => sum + sentence.relations.length, 0);
  const counts = [count(sentences.length, "sentence"), count(entities, "entity", "entities"), count(relations, "relation")];
  return `${style("dim", role.padEnd(9))}  ${style("bold", name)}  ${counts.join(style("dim", " · "))}`;
}
