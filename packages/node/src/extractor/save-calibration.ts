import { join } from "node:path";
import { type BuiltModel, packModel } from "@weft-nlp/core/inference";
import { coOccurrenceWords, type OperatingPoint, type Scaling, type Thresholds } from "@weft-nlp/core/metrics";
import { type MarkedPoint, precisionRecallChart, reliabilityChart } from "@weft-nlp/draw";
import { exists } from "../files/exists.ts";
import { readWholeText, writeJsonFile } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import type { CalibrationReport } from "./calibrate-model.ts";
import { modelFolderOf } from "./model-folder.ts";

/**
 * The files written next to a calibrated model: in the run's folder, or in the model's if there is
 * no run.
 */
export const calibrationFiles = {
  report: "calibration.json",
  reliability: "reliability.svg",
  curve: "precision-recall.svg",
} as const;

/**
 * Writes a model's new decisions into its folder, with their report and pictures next to it. Each
 * file is written whole or not at all.
 *
 * @param folder a model's folder or a run's
 */
export async function saveCalibration(folder: string, model: BuiltModel, report: CalibrationReport): Promise<void> {
  await saveDecisions(folder, model, cardSection(report));
  const { before, after, curve } = report;
  await writeJsonFile(join(folder, calibrationFiles.report), report);
  const states = { before: before.reliability, after: after.reliability };
  await writeFileAtomically(join(folder, calibrationFiles.reliability), reliabilityChart(states));
  await writeFileAtomically(join(folder, calibrationFiles.curve), precisionRecallChart(curve, marksOf(report)));
}

/**
 * Writes the model without its calibration. The report and its pictures stay, as a record of the
 * attempt.
 */
export async function saveReset(folder: string, model: BuiltModel): Promise<void> {
  await saveDecisions(folder, model, "");
}

/** The thresholds in words: one number, or one per type. */
export function thresholdWords(threshold: Thresholds): string {
  if (typeof threshold === "number") return short(threshold);
  return Object.entries(threshold)
    .map(([type, value]) => `${type} ${short(value)}`)
    .join(", ");
}

/** `temperature 1.204, shift −0.512` */
export function scalingWords({ temperature, shift }: Scaling): string {
  return `temperature ${temperature.toFixed(3)}, shift ${shift.toFixed(3).replace("-", "−")}`;
}

async function saveDecisions(folder: string, model: BuiltModel, section: string): Promise<void> {
  const place = await modelFolderOf(folder);
  const card = join(place, "README.md");
  await writeFileAtomically(join(place, "config.json"), packModel(model)["config.json"]);
  if (await exists(card)) await writeFileAtomically(card, withSection(await readWholeText(card), section));
}

const heading = "## Relations that count";

function cardSection({ protocol, data, goal, scaling, before, after, sentences }: CalibrationReport): string {
  const line = (name: string, { threshold, score, coOccurrence, reliability }: CalibrationReport["before"]): string =>
    `- ${name}: threshold ${thresholdWords(threshold)}; ${protocol} P ${percent(score.precision)}, R ${percent(score.recall)}, ` +
    `F1 ${percent(score.f1)}; ${coOccurrenceWords(coOccurrence)}; expected calibration error ${reliability.expectedCalibrationError.toFixed(3)}`;
  return `${heading}

Fitted by \`weft calibrate\` on ${sentences} sentences of \`${data}\` for ${goal}, ${scalingWords(scaling)}. The scores above are from before calibration.
Expect lower scores on other data than on the data used for the fit.

${line("before", before)}
${line("after", after)}
`;
}

/** The card with this section at its end, replacing an earlier one. */
function withSection(card: string, section: string): string {
  const start = card.indexOf(`${heading}\n`);
  if (start < 0) return section === "" ? card : `${card.trimEnd()}\n\n${section}`;
  const next = card.indexOf("\n## ", start + heading.length);
  const rest = next < 0 ? "" : card.slice(next + 1);
  const kept = `${card.slice(0, start).trimEnd()}\n${rest === "" ? "" : `\n${rest}`}`;
  return section === "" ? kept : `${kept.trimEnd()}\n\n${section}`;
}

function marksOf({ curve, after }: CalibrationReport): MarkedPoint[] {
  const { threshold } = after;
  if (typeof threshold !== "number") return [];
  const point = curve.findLast((each: OperatingPoint) => each.threshold >= threshold);
  return point === undefined ? [] : [{ point, label: `threshold ${short(threshold)}` }];
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}

function percent(rate: number): string {
  return (100 * rate).toFixed(1);
}
