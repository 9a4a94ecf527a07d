import { join } from "node:path";
import { type PairClaims, scaleConfidence } from "@weft-nlp/core/metrics";
import { textTable } from "@weft-nlp/draw";
import {
  type CalibrationReport,
  calibrateModel,
  calibrationFiles,
  type Decisions,
  loadModel,
  rawModel,
  saveCalibration,
  saveReset,
  scalingWords,
  thresholdWords,
} from "@weft-nlp/node/extractor";
import { shortPath } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { calibrateCommand } from "../commands/calibrate-command.ts";
import { devDataOf } from "../dev-data.ts";
import { parseProtocols } from "../protocol-names.ts";
import { readCorpora } from "../reading.ts";
import { count, percent } from "../words.ts";

export const run: Handler<typeof calibrateCommand> = async (context, { model: folder, ...options }) => {
  const { terminal } = context;
  const built = await loadModel(folder, options);
  if (options.reset) {
    const raw = rawModel(built);
    await saveReset(folder, raw);
    const { threshold } = raw.description;
    if (terminal.json) return terminal.printJson({ threshold, scaling: null });
    return terminal.print(`threshold ${thresholdWords(threshold)}, confidences unscaled`);
  }
  const dev = options.data === undefined ? await devDataOf(folder) : { path: options.data, columns: undefined };
  const { path } = dev;
  const columns = options.columns ?? dev.columns;
  const { reading, text, negatives } = built.description;
  const [data] = await readCorpora([path], context, undefined, undefined, { reading, text, negatives, columns });
  const sentences = data?.sentences.map(({ sentence }) => sentence) ?? [];
  const [protocol] = options.protocol === undefined ? [] : parseProtocols(options.protocol);
  const bar = terminal.progress("predicting", sentences.length);
  const { model, report } = await calibrateModel(built, sentences, {
    ...options,
    protocol,
    data: shortPath(path),
    onProgress: (done) => bar.update(done),
  }).finally(() => bar.stop());
  await saveCalibration(folder, model, report);
  if (terminal.json) return terminal.printJson(report);
  await terminal.print(words(report, context));
  terminal.say(
    `\nwritten into the model; ${join(folder, calibrationFiles.reliability)} and ${join(folder, calibrationFiles.curve)} show it; ` +
      `weft calibrate ${folder} --reset undoes it`,
  );
};

function words(report: CalibrationReport, { terminal: { style, width } }: CommandContext): string {
  const { protocol, data, goal, reached, sentences, candidates, scaling, before, after, curve } = report;
  const row = (name: string, of: (decisions: Decisions) => string): string[] => [name, of(before), of(after)];
  const claims = ({ claimed, pairs }: PairClaims): string => `${percent(claimed, pairs)} (${claimed} of ${pairs})`;
  const rows = [
    row("threshold", ({ threshold }) => (typeof threshold === "number" ? thresholdWords(threshold) : "by type")),
    row("precision", ({ score }) => points(score.precision)),
    row("recall", ({ score }) => points(score.recall)),
    row("F1", ({ score }) => points(score.f1)),
    row("claimed without a relation, gold pairs", ({ coOccurrence }) => claims(coOccurrence.gold)),
    row("claimed without a relation, found pairs", ({ coOccurrence }) => claims(coOccurrence.found)),
    row("expected calibration error", ({ reliability }) => reliability.expectedCalibrationError.toFixed(3)),
    row("negative log-likelihood", ({ reliability }) => reliability.negativeLogLikelihood.toFixed(3)),
  ];
  const table = (header: string[], body: string[][]): string => {
    const align = header.map((_, column) => (column === 0 ? "left" : "right"));
    const [head = "", ...rest] = textTable(header, body, { width, align }).split("\n");
    return [style("bold", head), ...rest].join("\n");
  };
  // The row of a threshold is the last point that it includes.
  const shown = shownThresholds.flatMap((threshold) => {
    const point = curve.findLast((each) => each.threshold >= threshold);
    return point === undefined ? [] : [[String(threshold), ...[point.precision, point.recall, point.f1].map(points)]];
  });
  return [
    `${count(candidates, "candidate")} in ${count(sentences, "sentence")} of ${data}; scored by ${protocol}; chosen for ${goal}`,
    ...(reached ? [] : [style("yellow", "no threshold reaches that precision on this data; this is the most precise one")]),
    `${scalingWords(scaling)}: confidences of 0.1, 0.5 and 0.9 become ${[0.1, 0.5, 0.9].map((each) => scaleConfidence(each, scaling).toFixed(2)).join(", ")}`,
    ...(typeof after.threshold === "number" ? [] : [`thresholds: ${thresholdWords(after.threshold)}`]),
    "",
    table(["", "before", "after"], rows),
    "",
    table(["threshold", "P", "R", "F1"], shown),
  ].join("\n");
}

const shownThresholds = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

function points(rate: number): string {
  return (100 * rate).toFixed(1);
}
