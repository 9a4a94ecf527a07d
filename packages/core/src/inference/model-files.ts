import { z } from "zod";
import { readSafetensors, writeSafetensors } from "../archive/index.ts";
import { ArchiveError, WeftError } from "../errors.ts";
import { parseJson } from "../json/index.ts";
import { type ModelName, models } from "../models/index.ts";
import { type Lexicon, lexiconFromJson } from "../vocabulary/index.ts";
import { type BuildOptions, type BuiltModel, buildModel, type ModelDescription } from "./built-model.ts";
import { readWeights, writeWeights } from "./weights.ts";

/** The files of a model's folder by name, as in the ecosystem's convention. */
export interface ModelFiles {
  readonly "config.json": Uint8Array;
  readonly "vocab.json": Uint8Array;
  readonly "model.safetensors": Uint8Array;
}

const formatName = "weft-model";
const formatVersion = 1;

const thresholds = z.union([z.number(), z.record(z.string(), z.number())]);

const configFile = z.object({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  model: z.looseObject({ name: z.string() }),
  threshold: thresholds,
  calibration: z
    .object({
      scaling: z.object({ temperature: z.number().positive(), shift: z.number() }),
      rawThreshold: thresholds,
      protocol: z.string(),
      data: z.string(),
      goal: z.string(),
    })
    .optional(),
});

/** A model as files. The same weights give the same bytes. */
export function packModel({ description, store }: BuiltModel): ModelFiles {
  const { name, settings, threshold, calibration, lexicon } = description;
  const config = { format: formatName, version: formatVersion, model: { name, ...settings }, threshold, calibration };
  return {
    "config.json": jsonBytes(config),
    "vocab.json": jsonBytes(lexicon),
    "model.safetensors": writeSafetensors({ tensors: readWeights(store), metadata: { format: formatName } }),
  };
}

/**
 * The way back.
 *
 * @param source the folder, for errors
 * @throws {ArchiveError} ARCHIVE_INVALID where a file is cut off, foreign, or does not fit the others
 */
export function unpackModel(files: ModelFiles, source: string, options: BuildOptions = {}): BuiltModel {
  const built = buildModel(readDescription(files, source), { ...options, seed: null });
  const name = `${source}/model.safetensors`;
  writeWeights(built.store, readSafetensors(files["model.safetensors"], name).tensors, name);
  return built;
}

function readDescription(files: ModelFiles, source: string): ModelDescription {
  const place = `${source}/config.json`;
  const parsed = configFile.safeParse(readJson(files["config.json"], place));
  if (!parsed.success) throw wrongConfig(place, parsed.error);
  const { model, threshold, calibration } = parsed.data;
  const { name, ...settings } = model;
  if (!Object.hasOwn(models, name)) throw invalid(place, `there is no model called ${name}`);
  const checked = models[name as ModelName].settings.safeParse(settings);
  if (!checked.success) throw wrongConfig(place, checked.error);
  const description = { name: name as ModelName, settings: checked.data, lexicon: readLexicon(files, source), threshold };
  return calibration === undefined ? description : { ...description, calibration };
}

function readLexicon(files: ModelFiles, source: string): Lexicon {
  const name = `${source}/vocab.json`;
  try {
    return lexiconFromJson(readJson(files["vocab.json"], name), { source: name });
  } catch (cause) {
    throw cause instanceof ArchiveError || !(cause instanceof WeftError) ? cause : invalid(name, cause.summary, cause);
  }
}

function readJson(bytes: Uint8Array, source: string): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source });
  } catch (cause) {
    throw invalid(source, cause instanceof WeftError ? cause.summary : "the file is not UTF-8 text", cause);
  }
}

function wrongConfig(source: string, error: z.ZodError): ArchiveError {
  const { path = [], message = "not a model's configuration" } = error.issues[0] ?? {};
  return invalid(source, path.length === 0 ? message : `${path.join(".")}: ${message}`, error);
}

function invalid(source: string, message: string, cause?: unknown): ArchiveError {
  const hint = "a model is a folder written by weft train; copy it whole";
  return new ArchiveError("ARCHIVE_INVALID", { at: { source }, message, hint, cause });
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 1)}\n`);
}
