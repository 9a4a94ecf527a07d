import type { LinearMemory } from "@weft-nlp/tensor";
import { Engine, type KernelBuild, ParameterStore } from "@weft-nlp/tensor";
import { ConfigError } from "../errors.ts";
import type { Thresholds } from "../metrics/index.ts";
import { type Encoder, type Model, type ModelDefinition, models } from "../models/index.ts";
import { Scope } from "../nn/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import { type Calibration, calibratedModel } from "./calibrated.ts";

/**
 * The settings that make a network, and the labels and words it knows: enough to build it, in any
 * thread.
 */
export interface ModelDescription {
  readonly name: string;
  /** The model's own settings, complete. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lexicon: Lexicon;
  /** The probability from which a relation counts: one for all types, or one for each. */
  readonly threshold: Thresholds;
  /** Present where confidences were fitted to data after training. */
  readonly calibration?: Calibration | undefined;
}

/** A network in memory, ready to work. */
export interface BuiltModel {
  readonly description: ModelDescription;
  readonly definition: ModelDefinition;
  readonly engine: Engine;
  readonly store: ParameterStore;
  readonly model: Model;
  /** The same without its calibration. */
  readonly network: Model;
  readonly encoder: Encoder;
}

export interface BuildOptions {
  readonly build?: KernelBuild | undefined;
  /** Whether worker threads shall share the memory. */
  readonly shared?: boolean | undefined;
  /**
   * Seeds the first weights; `null` leaves them zero, for a network whose weights are about to be
   * read.
   */
  readonly seed?: number | null | undefined;
}

/** A fresh network with its first weights. */
export function buildModel(description: ModelDescription, options: BuildOptions = {}): BuiltModel {
  const { build, shared, seed = 1 } = options;
  const engine = Engine.create({ ...(build === undefined ? {} : { build }), ...(shared === undefined ? {} : { shared }) });
  return assemble(description, engine, new ParameterStore(engine.heap, { seed }));
}

/**
 * What another thread needs to work with the same weights. Plain values, ready to be sent;
 * `lexicon` as JSON.
 */
export interface SharedModel {
  readonly description: Omit<ModelDescription, "lexicon">;
  readonly lexicon: unknown;
  readonly memory: LinearMemory;
  readonly build: KernelBuild;
  readonly layout: ParameterStore["layout"];
}

export function shareModel({ description, engine, store }: BuiltModel): SharedModel {
  const { lexicon, ...rest } = description;
  return {
    description: rest,
    lexicon: JSON.parse(JSON.stringify(lexicon)),
    memory: engine.heap.memory,
    build: engine.build,
    layout: store.layout,
  };
}

/** The network of another thread, on the same memory. */
export function attachModel(shared: SharedModel, lexicon: Lexicon): BuiltModel {
  const engine = Engine.attach(shared.memory, shared.build);
  return assemble({ ...shared.description, lexicon }, engine, new ParameterStore(engine.heap, { layout: shared.layout }));
}

function assemble(description: ModelDescription, engine: Engine, store: ParameterStore): BuiltModel {
  if (!models.has(description.name)) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "model.name" },
      message: `there is no model called ${description.name}`,
      hint: `there are ${models.names.join(", ")}; one of your own is registered in every thread if loadPlugins loads it`,
    });
  }
  const definition: ModelDefinition = models.get(description.name);
  const network = definition.build(description.settings, description.lexicon, new Scope(store));
  const { calibration } = description;
  return {
    description,
    definition,
    engine,
    store,
    model: calibration === undefined ? network : calibratedModel(network, calibration.scaling),
    network,
    encoder: definition.encoder(description.settings, description.lexicon),
  };
}
