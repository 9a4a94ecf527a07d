import { join } from "node:path";
import { DataError, type Sentence } from "@weft-nlp/core";
import type { BuiltModel } from "@weft-nlp/core/inference";
import type { Prediction, Report } from "@weft-nlp/core/metrics";
import { adviceFor } from "@weft-nlp/core/recipe";
import { scorePage } from "@weft-nlp/draw";
import { type CalibrateOptions, type CalibrationReport, calibrateModel } from "../extractor/calibrate-model.ts";
import { evaluateModel } from "../extractor/evaluate-model.ts";
import { type ComputeOptions, loadModel } from "../extractor/model-folder.ts";
import { saveCalibration } from "../extractor/save-calibration.ts";
import { writeJsonFile } from "../files/json-file.ts";
import { collectSentences } from "../files/read-documents.ts";
import { shortPath } from "../runs/resolve-paths.ts";
import { writeReport } from "../runs/write-report.ts";
import type { KeptRun, ProjectPlan } from "./project-state.ts";

/** The end of a project: its model is calibrated and its reports are written. */
export interface FinishedEvent {
  readonly kind: "finished";
  readonly kept: KeptRun;
  readonly model: BuiltModel;
  readonly dev: Report;
  readonly test: Report | undefined;
  /** The page with every mistake. */
  readonly page: string;
  /** What would help most, best first. */
  readonly advice: readonly string[];
}

/** An event of the last steps: the calibration, or why there is none, and the end. */
export type FinishEvent =
  | { readonly kind: "calibrated"; readonly report: CalibrationReport }
  | { readonly kind: "uncalibrated"; readonly reason: string }
  | FinishedEvent;

/** Calibrates the kept model on dev, scores dev and (once) test, and writes the reports. */
export async function* finishProject(
  folder: string,
  plan: ProjectPlan,
  kept: KeptRun,
  compute: ComputeOptions & { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<FinishEvent, void, void> {
  const { data, chosen, seed } = plan;
  const read = async (path: string): Promise<Sentence[]> =>
    (await collectSentences(path, { signal: compute.signal, reading: chosen.reading })).sentences.map(({ sentence }) => sentence);
  const train = await read(data.train);
  const dev = await read(data.dev);
  const { model, event } = await calibrated(folder, kept, dev, { ...compute, data: shortPath(data.dev) });
  yield event;
  const score = async (
    path: string,
    split: string,
    sentences: readonly Sentence[],
  ): Promise<{ report: Report; predictions: Prediction[] }> => {
    const words = { dataSet: shortPath(path), split, selection: "best epoch on dev", seeds: [seed] };
    return evaluateModel(model, sentences, { ...compute, train, intervals: {} }, words);
  };
  const onDev = await score(data.dev, "dev", dev);
  const testSentences = data.test === undefined ? undefined : await read(data.test);
  const onTest = testSentences === undefined ? undefined : await score(data.test ?? "", "test", testSentences);
  const shown = onTest === undefined ? { gold: dev, ...onDev } : { gold: testSentences ?? [], ...onTest };
  const title = `${shortPath(folder)} on ${onTest === undefined ? "dev" : "test"}`;
  const html = await scorePage({ ...shown, title, facts: [["model", `${model.description.name}, run ${kept.run}`]] });
  const page = await writeReport(join(folder, "report"), { name: "report", value: shown.report, page: html });
  const { run, protocol: _, ...best } = kept;
  await writeJsonFile(join(folder, "report.json"), { run, best, dev: onDev.report, test: onTest?.report ?? null });
  const advice = adviceFor(plan.facts, onDev.report, { encoder: model.frozen.uses.size > 0, encoders: plan.encoders });
  yield { kind: "finished", kept, model, dev: onDev.report, test: onTest?.report, page, advice };
}

/** Calibrates the model in a folder, unless there is nothing to calibrate. */
async function calibrated(
  folder: string,
  kept: KeptRun,
  dev: readonly Sentence[],
  options: CalibrateOptions,
): Promise<{ model: BuiltModel; event: FinishEvent }> {
  const raw = await loadModel(folder, options);
  const without = (reason: string): { model: BuiltModel; event: FinishEvent } => ({
    model: raw,
    event: { kind: "uncalibrated", reason },
  });
  if (raw.definition.capabilities.findsRelations === false) return without("the model finds entities only");
  // The best threshold would then claim a relation for every pair.
  if (kept.score === 0) return without("no relation is right on dev");
  try {
    const { model, report } = await calibrateModel(raw, dev, options);
    await saveCalibration(folder, model, report);
    return { model, event: { kind: "calibrated", report } };
  } catch (error) {
    if (error instanceof DataError) return without(error.summary);
    throw error;
  }
}
