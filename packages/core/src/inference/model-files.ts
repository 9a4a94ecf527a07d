import { z } from "zod";
import { firstNotFinite, readSafetensors, writeSafetensors } from "../archive/index.ts";
import { decodingConstraints, fetchDecode } from "../constraints/index.ts";
import { encodersIn, mapEncoders, type PretrainedEncoder } from "../encoders/index.ts";
import { ArchiveError, ConfigError, DataError, WeftError } from "../errors.ts";
import { parseJson } from "../json/index.ts";
import { type ModelDefinition, models } from "../models/index.ts";
import type { FrozenReference } from "../nn/index.ts";
import { readingUnits } from "../schema/index.ts";
import { migrateSettings } from "../settings/moved-settings.ts";
import { newlineRules, tokenSplits } from "../text/index.ts";
import { type Lexicon, labelDifference, lexiconFromJson, WordVectors } from "../vocabulary/index.ts";
import { type BuildOptions, type BuiltModel, buildModel, type ModelDescription } from "./built-model.ts";
import { containedFile, openContained } from "./contained-encoders.ts";
import type { ModelFiles } from "./model-file-names.ts";
import { readWeights, writeWeights } from "./weights.ts";

const pluginHint = "if a plugin registers it, load that with --plugin, or with loadPlugins in a program";
const formatName = "weft-model";
/**
 * In version 1, settings of inputs were mixed with those of the network. Version 3 has vectors,
 * trained encoders, ensembles and split words; a model with none of these is still written as
 * version 2, which older versions of Weft open.
 */
const formatVersion = 3;
const maxMembers = 64;

const thresholds = z.union([z.number(), z.record(z.string(), z.number())]);

/** Present in `vocab.json` if the members of an ensemble know different words. */
const memberLexicons = z.object({ members: z.array(z.unknown()).max(maxMembers).optional() });

const header = z.object({ format: z.literal(formatName), version: z.int().min(1) });

const configFile = header.extend({
  model: z.looseObject({ name: z.string() }),
  threshold: thresholds,
  reading: z.object({ unit: z.enum(readingUnits), tokens: z.int().min(1) }).optional(),
  negatives: z.array(z.string()).optional(),
  text: z.object({ newlines: z.enum(newlineRules), split: z.array(z.enum(tokenSplits)) }).optional(),
  members: z.int().min(2).max(maxMembers).optional(),
  calibration: z
    .object({
      scaling: z.object({ temperature: z.number().positive(), shift: z.number() }),
      rawThreshold: thresholds,
      protocol: z.string(),
      data: z.string(),
      goal: z.string(),
    })
    .optional(),
  constraints: decodingConstraints.optional(),
});

/** Serialises a model to files. The same weights give the same bytes. */
export function packModel({ description, store, frozen: { trained } }: BuiltModel): ModelFiles {
  const { name, threshold, reading, text, negatives, calibration, constraints, lexicon, members } = description;
  const settings = mapEncoders(description.settings, withoutPath);
  const { vectors } = lexicon.words;
  const splits = (text?.split?.length ?? 0) > 0;
  const isPlain = vectors === undefined && members === undefined && trained.length === 0 && !splits;
  const version = isPlain ? 2 : formatVersion;
  const config = {
    ...{ format: formatName, version, model: { name, ...settings }, threshold, reading, text, members: members?.length },
    ...{ negatives, calibration, constraints },
  };
  const alike = members?.every((member) => member === lexicon) ?? true;
  return {
    "config.json": jsonBytes(config),
    "vocab.json": jsonBytes(alike ? lexicon : { ...lexicon, members }),
    "model.safetensors": writeSafetensors({ tensors: readWeights(store), metadata: { format: formatName } }),
    ...(vectors === undefined ? {} : { "vectors.bin": vectors.bytes() }),
    ...(trained.length === 0 ? {} : { "encoder.json": jsonBytes(containedFile(trained)) }),
  };
}

/**
 * Builds a model from the files that `packModel` wrote.
 *
 * @param source the folder's name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if a file is truncated, is not part of a model, or does
 *   not fit the others; ENCODER_MISSING if it reads a pretrained encoder that is not in `options`
 */
export function unpackModel(files: ModelFiles, source: string, options: BuildOptions = {}): BuiltModel {
  const built = builtFrom(readDescription(files, source), source, options);
  const name = `${source}/model.safetensors`;
  const { tensors } = readSafetensors(files["model.safetensors"], name);
  const broken = firstNotFinite(tensors);
  if (broken !== undefined) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: name, path: broken },
      message: "the parameter holds numbers that are not finite, so the model would find nothing",
      hint: "copy the model again, or train it again",
    });
  }
  writeWeights(built.store, tensors, name);
  return built;
}

function builtFrom(description: ModelDescription, source: string, options: BuildOptions): BuiltModel {
  try {
    return buildModel(description, { ...options, seed: null });
  } catch (cause) {
    if (cause instanceof DataError) throw invalid(`${source}/vectors.bin`, cause.summary, { cause });
    // A config.json may be edited by hand.
    if (!(cause instanceof ConfigError)) throw cause;
    const { path = "" } = cause.at ?? {};
    throw invalid(`${source}/config.json`, `${path}: ${cause.summary}`, {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}

/** A model says which encoder it reads by a name and a checksum, which hold on every machine. */
function withoutPath({ path, ...reference }: FrozenReference): FrozenReference {
  return { ...reference, name: reference.name ?? path?.split(/[\\/]/).findLast((part) => part !== "") ?? "encoder" };
}

/**
 * The pretrained encoders that a model reads but does not contain, which `unpackModel` must be
 * given.
 *
 * @param config the model's `config.json`
 * @throws {ArchiveError} ARCHIVE_INVALID if it is not a model's configuration
 */
export function encodersOf(config: Uint8Array, source: string): FrozenReference[] {
  return referencesIn(config, source).filter(({ train = false }) => train === false);
}

/**
 * Fetches the code that a model needs beyond that of every model, before `unpackModel`. Only
 * programs that fetch parts of this one need it.
 *
 * @param config the model's `config.json`
 * @throws {ArchiveError} ARCHIVE_INVALID if it is not a model's configuration
 */
export async function fetchModelCode(config: Uint8Array, source: string): Promise<void> {
  if (readConfig(config, source).description.constraints !== undefined) await fetchDecode();
}

/**
 * Opens the pretrained encoders that a model contains because they were trained with it.
 * `unpackModel` must be given them too.
 *
 * @param source the folder's name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if `encoder.json` is missing, broken, or lacks one of them
 */
export async function openContainedEncoders(
  files: Pick<ModelFiles, "config.json" | "encoder.json">,
  source: string,
): Promise<PretrainedEncoder[]> {
  const wanted = referencesIn(files["config.json"], source).filter(({ train = false }) => train !== false);
  if (wanted.length === 0) return [];
  const bytes = files["encoder.json"];
  const place = `${source}/encoder.json`;
  return openContained(bytes && readJson(bytes, place), wanted, place);
}

function referencesIn(config: Uint8Array, source: string): FrozenReference[] {
  return encodersIn(readConfig(config, source).description.settings).map(({ reference }) => reference);
}

function readDescription(files: ModelFiles, source: string): ModelDescription {
  const { description, members } = readConfig(files["config.json"], source);
  return { ...description, ...readLexicons(files, source, members) };
}

/** The description in `config.json`, without words, and the number of an ensemble's members. */
function readConfig(
  bytes: Uint8Array,
  source: string,
): { description: Omit<ModelDescription, "lexicon" | "members">; members: number | undefined } {
  const place = `${source}/config.json`;
  const config = readJson(bytes, place);
  const { version } = checked(header, config, place);
  if (version > formatVersion) {
    throw invalid(place, `the model is of format version ${version}, and this Weft reads versions up to ${formatVersion}`, {
      hint: "update Weft to the version that wrote the model, or a later one",
    });
  }
  const { model, threshold, reading, text, negatives, calibration, constraints, members } = checked(configFile, config, place);
  const { name, ...settings } = version === 1 ? { ...migrateSettings(model), name: model.name } : model;
  if (!models.has(name)) throw invalid(place, `there is no model called ${name}`, { hint: pluginHint });
  const definition: ModelDefinition = models.get(name);
  const description = {
    name: name,
    settings: checked(definition.settings, withFormerDefaults(definition, settings), place) as ModelDescription["settings"],
    threshold,
    ...(reading === undefined ? {} : { reading }),
    ...(negatives === undefined ? {} : { negatives }),
    ...(text === undefined ? {} : { text }),
    ...(calibration === undefined ? {} : { calibration }),
    ...(constraints === undefined ? {} : { constraints }),
  };
  return { description, members };
}

/** The settings of a saved model, with the defaults of its time where they have changed. */
function withFormerDefaults({ formerDefaults, parts = [] }: ModelDefinition, settings: Settings): Settings {
  const complete: Record<string, unknown> = { ...formerDefaults, ...settings };
  for (const { name } of parts) {
    const part = partSettings.safeParse(complete[name]).data;
    if (part !== undefined && models.has(part.name)) complete[name] = withFormerDefaults(models.get(part.name), part);
  }
  return complete;
}

type Settings = Readonly<Record<string, unknown>>;

const partSettings = z.looseObject({ name: z.string() });

/** @param count members of an ensemble */
function readLexicons(
  files: ModelFiles,
  source: string,
  count: number | undefined,
): Pick<ModelDescription, "lexicon" | "members"> {
  const name = `${source}/vocab.json`;
  const value = readJson(files["vocab.json"], name);
  const vectors = readVectors(files, `${source}/vectors.bin`);
  const read = (each: unknown): Lexicon => inArchive(name, () => lexiconFromJson(each, { source: name }, vectors));
  const lexicon = read(value);
  if (count === undefined) return { lexicon };
  const own = checked(memberLexicons, value, name).members;
  if (own !== undefined && own.length !== count) {
    throw invalid(name, `there are words for ${own.length} members, but the ensemble has ${count}`);
  }
  const members = own?.map(read) ?? new Array<Lexicon>(count).fill(lexicon);
  for (const member of members) {
    const different = labelDifference(lexicon, member);
    if (different !== undefined) throw invalid(name, `the members do not have the same labels: ${different}`);
    if (member.words.vectors === lexicon.words.vectors) continue;
    throw invalid(name, "the members do not have the same word vectors");
  }
  return { lexicon, members };
}

function readVectors({ "vectors.bin": file }: ModelFiles, name: string): WordVectors | undefined {
  return file && inArchive(name, () => WordVectors.fromBytes(file, name));
}

/** Any fault in the data of a model means that its folder is broken. */
function inArchive<Value>(name: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof ArchiveError || !(cause instanceof WeftError) ? cause : invalid(name, cause.summary, { cause });
  }
}

function readJson(bytes: Uint8Array, source: string): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source });
  } catch (cause) {
    throw invalid(source, cause instanceof WeftError ? cause.summary : "the file is not UTF-8 text", { cause });
  }
}

function checked<Value>(schema: z.ZodType<Value>, value: unknown, source: string): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path = [], message = "not a model's configuration" } = parsed.error.issues[0] ?? {};
  throw invalid(source, path.length === 0 ? message : `${path.join(".")}: ${message}`, { cause: parsed.error });
}

function invalid(source: string, message: string, { hint, cause }: { hint?: string; cause?: unknown } = {}): ArchiveError {
  const usual = "a model is a folder written by weft train; copy it whole";
  return new ArchiveError("ARCHIVE_INVALID", { at: { source }, message, hint: hint ?? usual, cause });
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 1)}\n`);
}
