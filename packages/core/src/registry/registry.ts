import { type InputPart, inputParts } from "../encoders/index.ts";
import { type Format, type InputFormat, inputFormats, type OutputFormat, outputFormats } from "../formats/index.ts";
import { type Protocol, protocols } from "../metrics/index.ts";
import { type ModelDefinition, models } from "../models/index.ts";
import { type ObjectiveDefinition, objectives } from "../objectives/index.ts";

/**
 * Takes definitions of every kind. What it returns is the definition, so that a module can export
 * it.
 */
export interface Registry {
  /** A kind of model, made by `defineModel`: a choice of `model.name`. */
  model(definition: ModelDefinition): ModelDefinition;
  /**
   * Something that every encoder can read of a word, made by `defineInput`: a section of
   * `model.inputs`.
   */
  input(part: InputPart): InputPart;
  /**
   * Something that training can make small, made by `defineObjective`: a choice of
   * `objective.name`.
   */
  objective(definition: ObjectiveDefinition): ObjectiveDefinition;
  /** A rule for what counts as right: a choice of `--protocol` and `training.select`. */
  protocol(protocol: Protocol): Protocol;
  /** A file format to read, to write, or both. */
  format<Own extends Format | InputFormat | OutputFormat>(format: Own): Own;
}

/**
 * What a plugin module exports as `register`: it is called once in every thread, before anything is
 * read.
 */
export type Plugin = (registry: Registry) => void | Promise<void>;

/**
 * Models, inputs, objectives, protocols and formats of your own, beside ours: ours go through the
 * same catalogues. Register before a configuration is read or a model is opened. What worker
 * threads need too belongs in a plugin: a module whose `register` is called in every thread
 * (`loadPlugins`, `--plugin`).
 */
export const registry: Registry = {
  model: (definition) => models.register(definition),
  input: (part) => inputParts.register(part),
  objective: (definition) => objectives.register(definition),
  protocol: (protocol) => protocols.register(protocol),
  format(format) {
    if ("read" in format) inputFormats.register(format);
    if ("write" in format) outputFormats.register(format);
    return format;
  },
};
