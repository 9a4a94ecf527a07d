import { z } from "zod";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../archive/index.ts";
import { ArchiveError, ConfigError } from "../errors.ts";
import { type BuiltModel, buildModel, Predictor, readWeights, type Weights, writeWeights } from "../inference/index.ts";
import type { Prediction } from "../metrics/index.ts";
import { type ModelDefinition, type ModelPart, models } from "../models/index.ts";
import type { Sentence } from "../schema/index.ts";
import { typedSpanKey } from "../schema/span-keys.ts";
import { buildLexicon } from "../vocabulary/index.ts";
import { lexiconNeedsOf, type TrainConfig } from "./config.ts";
import { constraintsFor, settledConstraints } from "./constraints-for.ts";
import type { EndEvent, PartEvent, TrainEvent } from "./events.ts";
import { fingerprint } from "./fingerprint.ts";
import type { TrainInput } from "./train-input.ts";

/** The events in the training of a model without parts. */
export type WholeEvent = Exclude<TrainEvent, PartEvent>;

type TrainWhole = (input: TrainInput, place: string) => AsyncGenerator<WholeEvent, void, void>;

/**
 * The parts of the configured model, in training order.
 *
 * @throws {ConfigError} SETTING_INVALID if the configuration has sections for parts but the model
 *   has none, or chooses one protocol for all parts
 */
export function partsOf({ model, parts: sections, training }: TrainConfig): readonly ModelPart[] {
  const definition: ModelDefinition = models.get(model.name);
  const parts = definition.parts ?? [];
  if (parts.length === 0 && sections !== undefined) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "parts" },
      message: `${model.name} has no parts`,
      hint: "remove parts and set optimizer and training directly, or set model.name to pipeline",
    });
  }
  if (parts.length > 0 && training.select !== "auto") {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "training.select" },
      message: `each part of ${model.name} has its own protocol, so one for all cannot be set`,
      hint: `set parts.${parts[0]?.name}.training.select instead, or remove training.select`,
    });
  }
  return parts;
}

/** The state of a training in parts: the finished parts, and the current one. */
interface State {
  readonly part: ModelPart["name"];
  /** Steps of the parts before the current one. */
  readonly stepsBefore: number;
  /** The weights of the finished parts, by name. */
  readonly done: ReadonlyMap<string, Weights>;
  readonly fingerprint: string;
}

/**
 * Trains the parts of a model one after the other, each with its own steps, optimiser and best
 * epoch on dev, and assembles the model from them. A checkpoint is that of the current part plus
 * the weights of the finished parts.
 */
export async function* trainParts(
  input: TrainInput,
  parts: readonly ModelPart[],
  trainWhole: TrainWhole,
): AsyncGenerator<TrainEvent, void, void> {
  const { config } = input;
  const { name, ...settings } = config.model;
  const lexicon = input.init?.lexicon ?? buildLexicon(input.train, config.vocabulary, lexiconNeedsOf(config), input.vectors);
  const mark = fingerprint(config, input.train, input.dev, lexicon.words.vectors);
  const resumed = input.resume === undefined ? undefined : readState(input.resume, mark);
  const done = new Map(resumed?.done);
  let before = resumed?.stepsBefore ?? 0;
  let end: EndEvent | undefined;
  let state: State | undefined;
  let threshold = config.training.threshold;
  for (const [index, part] of parts.entries()) {
    if (done.has(part.name)) continue;
    const earlier = parts[index - 1];
    const learnsMore = earlier !== undefined && part.learnsFromPredictions?.(settings) === true;
    const train = learnsMore
      ? [...input.train, ...predictedOnes(input, earlierModel(input, lexicon, earlier, settings, done))]
      : input.train;
    state = { part: part.name, stepsBefore: before, done: new Map(done), fingerprint: mark };
    const here = state;
    const own = { ...partConfig(config, part, settings), ...settledConstraints(config, input.train) };
    threshold = own.training.threshold;
    const stepsBefore = before;
    const init = input.init && { ...input.init, weights: weightsUnder(input.init.weights, `${name}/${part.name}/`) };
    const resume = resumed?.part === part.name ? input.resume : undefined;
    for await (const event of trainWhole({ ...input, config: own, train, lexicon, init, resume }, `model.${part.name}`)) {
      const { kind } = event;
      if (kind === "start") {
        const { steps, stepsDone } = event;
        yield { ...event, part: part.name, steps: stepsBefore + steps, stepsDone: stepsBefore + stepsDone };
      } else if (kind === "end") end = event;
      else if (kind === "features") yield { ...event, part: part.name };
      else {
        const step = stepsBefore + event.step;
        if (kind === "evaluation") {
          const whole = (built: BuiltModel): BuiltModel =>
            done.size === 0
              ? built
              : assembled(input, lexicon, threshold, new Map([...done, [part.name, readWeights(built.store)]]));
          yield { ...event, part: part.name, step, current: () => whole(event.current()) };
        } else if (kind === "checkpoint") yield { ...event, part: part.name, step, bytes: () => addState(event.bytes(), here) };
        else yield { ...event, part: part.name, step };
      }
    }
    if (end === undefined) return;
    before = stepsBefore + end.step;
    done.set(part.name, readWeights(end.model.store));
    const { reason, epoch, best } = end;
    yield { kind: "part", part: part.name, reason, epoch, step: before, best };
  }
  if (end === undefined || state === undefined) return;
  const model = assembled(input, lexicon, threshold, done);
  const [last, ended] = [end, state];
  yield { ...last, step: before, model, bytes: () => addState(last.bytes(), ended) };
}

/** The configuration of a part as if it were trained alone. */
function partConfig(config: TrainConfig, part: ModelPart, settings: unknown): TrainConfig {
  const { parts, ...shared } = config;
  const own = parts?.[part.name];
  const training = own?.training ?? shared.training;
  return {
    ...shared,
    model: part.model(settings),
    objective: own?.objective ?? shared.objective,
    optimizer: own?.optimizer ?? shared.optimizer,
    training: training.select === "auto" ? { ...training, select: part.select ?? "auto" } : training,
  };
}

/** The whole model from the weights of its parts. */
function assembled(
  { config, engine, train }: TrainInput,
  lexicon: BuiltModel["description"]["lexicon"],
  threshold: number,
  parts: ReadonlyMap<string, Weights>,
): BuiltModel {
  const { name, ...settings } = config.model;
  const description = {
    ...{ name: name, settings, lexicon, threshold, reading: config.reading, text: config.text },
    negatives: config.data.negatives,
    ...constraintsFor(config, train),
  };
  const model = buildModel(description, { ...engine, seed: null });
  const weights = new Map<string, StoredTensor>();
  for (const [part, own] of parts) for (const [path, tensor] of own) weights.set(`${name}/${part}/${path}`, tensor);
  writeWeights(model.store, weights, "the parts");
  return model;
}

/** Builds a finished part, ready to predict. */
function earlierModel(
  { config, engine }: TrainInput,
  lexicon: BuiltModel["description"]["lexicon"],
  part: ModelPart,
  settings: unknown,
  done: ReadonlyMap<string, Weights>,
): BuiltModel {
  const { name, ...own } = part.model(settings);
  const description = { name: name, settings: own, lexicon, threshold: config.training.threshold };
  const built = buildModel(description, { ...engine, seed: null });
  writeWeights(built.store, done.get(part.name) ?? new Map(), part.name);
  return built;
}

/**
 * The training sentences in which a model predicts other entities than the annotated ones, with the
 * predicted entities and the annotated relations between them.
 */
function predictedOnes({ train }: TrainInput, built: BuiltModel): Sentence[] {
  const predictor = new Predictor(built);
  const predictions = predictor.predict(
    train.map((sentence) => built.encoder.encode(sentence)),
    { threshold: 1 },
  );
  return train.flatMap((sentence, index) => {
    const { entities } = predictions[index] as Prediction;
    const found = entities.map(({ start, end, type }) => ({ start, end, type }));
    const placeOf = new Map(found.map((entity, place) => [typedSpanKey(entity), place]));
    const places = sentence.entities.map((entity) => placeOf.get(typedSpanKey(entity)));
    if (found.length === places.length && places.every((place) => place !== undefined)) return [];
    const relations = sentence.relations.flatMap((relation) => {
      const [head, tail] = [places[relation.head], places[relation.tail]];
      return head === undefined || tail === undefined ? [] : [{ ...relation, head, tail }];
    });
    return [{ ...sentence, entities: found, relations }];
  });
}

function weightsUnder(weights: Weights, prefix: string): Weights {
  return new Map(
    [...weights].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])),
  );
}

function addState(bytes: Uint8Array, { part, stepsBefore, done, fingerprint: mark }: State): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
  const all = new Map<string, StoredTensor>(tensors);
  for (const [name, weights] of done) for (const [path, tensor] of weights) all.set(`done/${name}/${path}`, tensor);
  const own = { part, stepsBefore, fingerprint: mark, done: [...done.keys()] };
  return writeSafetensors({ tensors: all, metadata: { ...metadata, parts: JSON.stringify(own) } });
}

const partName = z.enum(["tagger", "classifier"]);
const stateFields = z.object({
  part: partName,
  stepsBefore: z.int().min(0),
  fingerprint: z.string(),
  done: z.array(partName),
});

/** @throws {ArchiveError} ARCHIVE_INVALID or CHECKPOINT_MISMATCH */
function readState({ bytes, source }: NonNullable<TrainInput["resume"]>, expected: string): State {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const found = stateFields.safeParse(parsed(metadata["parts"]));
  if (!found.success || found.data.fingerprint !== expected) {
    throw new ArchiveError("CHECKPOINT_MISMATCH", {
      at: { source },
      message: "the checkpoint belongs to a training with another configuration or other data",
      hint: "start a new run, or resume with the original configuration and data",
    });
  }
  const { done, ...rest } = found.data;
  return { ...rest, done: new Map(done.map((name) => [name, weightsUnder(tensors, `done/${name}/`)])) };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
