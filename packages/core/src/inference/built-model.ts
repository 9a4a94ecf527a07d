import type { Address, LinearMemory } from "@weft-nlp/tensor";
import { Engine, type KernelBuild, ParameterStore } from "@weft-nlp/tensor";
import { checkConstraints, type DecodingConstraints } from "../constraints/index.ts";
import { FrozenNetworks, type PretrainedEncoder, type SharedEncoder } from "../encoders/index.ts";
import { ConfigError } from "../errors.ts";
import type { Thresholds } from "../metrics/index.ts";
import { type Encoder, type Model, type ModelDefinition, models } from "../models/index.ts";
import { Scope } from "../nn/index.ts";
import type { Reading } from "../schema/index.ts";
import type { TextRules } from "../text/index.ts";
import { entityTypesOf, type Lexicon, lexiconFromJson, WordVectors } from "../vocabulary/index.ts";
import { type Calibration, calibratedModel } from "./calibrated.ts";
import { constrainedModel } from "./constrained.ts";
import { buildEnsemble, ensembleEncoder } from "./ensemble.ts";

/** A network's settings, labels and words: enough to build it in any thread. */
export interface ModelDescription {
  readonly name: string;
  /** The model's own settings, complete. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lexicon: Lexicon;
  /** The minimum probability of a relation, 0 to 1: one for all types, or one for each. */
  readonly threshold: Thresholds;
  /** What it reads at once; defaults to single sentences. */
  readonly reading?: Reading | undefined;
  /** The relation types of its data that mean no relation, if the configuration named them. */
  readonly negatives?: readonly string[] | undefined;
  /** How it expects text to become words and sentences; defaults to the usual rules. */
  readonly text?: TextRules | undefined;
  /** Present if confidences were fitted to data after training. */
  readonly calibration?: Calibration | undefined;
  /** Present if predictions must meet constraints. */
  readonly constraints?: DecodingConstraints | undefined;
  /**
   * The lexicon of each member, if this is an ensemble: two or more networks of one kind, whose
   * mean probabilities decide. The labels and word vectors of all are those of `lexicon`.
   */
  readonly members?: readonly Lexicon[] | undefined;
}

/** A network in memory, ready to train or predict. */
export interface BuiltModel {
  readonly description: ModelDescription;
  readonly definition: ModelDefinition;
  readonly engine: Engine;
  readonly store: ParameterStore;
  /** The network with its calibration and its constraints, if it has any. */
  readonly model: Model;
  /** The network by itself. */
  readonly network: Model;
  readonly encoder: Encoder;
  /** The pretrained encoders that the network reads. */
  readonly frozen: FrozenNetworks;
}

/** Where and how a network is built. */
export interface BuildOptions {
  /** The build of the kernels; defaults to the fastest that runs here. */
  readonly build?: KernelBuild | undefined;
  /** Whether worker threads will share the memory; defaults to false. */
  readonly shared?: boolean | undefined;
  /**
   * Seeds the first weights; defaults to 1. `null` leaves them zero, for a network whose weights
   * are about to be written.
   */
  readonly seed?: number | null | undefined;
  /** The pretrained encoders that the network may read; defaults to none. */
  readonly encoders?: readonly PretrainedEncoder[] | undefined;
}

/**
 * Builds a network with its first weights in a new memory.
 *
 * @throws {ConfigError} SETTING_INVALID if no model of this name is registered, or the constraints
 *   do not fit its labels
 * @throws {ArchiveError} ENCODER_MISSING if it reads a pretrained encoder that is not among those
 *   given; ARCHIVE_INVALID if the encoder's weights do not fit it
 */
export function buildModel(description: ModelDescription, options: BuildOptions = {}): BuiltModel {
  const { build, shared, seed = 1, encoders = [] } = options;
  const engine = Engine.create({ ...(build === undefined ? {} : { build }), ...(shared === undefined ? {} : { shared }) });
  const frozen = new FrozenNetworks(engine, encoders, undefined, seed !== null);
  return assemble(description, engine, new ParameterStore(engine.heap, { seed }), frozen);
}

/**
 * A model to send to another thread, which then works on the same weights. It holds only values
 * that can be posted; `lexicon` is JSON, and `vectors` the memory of its word vectors.
 */
export interface SharedModel {
  readonly description: Omit<ModelDescription, "lexicon" | "members">;
  readonly lexicon: unknown;
  /** The lexicon of each member, null for one that is the same as `lexicon`. */
  readonly members: readonly unknown[] | undefined;
  readonly vectors: Uint8Array | undefined;
  readonly memory: LinearMemory;
  readonly build: KernelBuild;
  readonly layout: ParameterStore["layout"];
  readonly encoders: readonly SharedEncoder[];
}

/** Describes a model for `attachModel` in another thread. Its memory must be shared. */
export function shareModel({ description, engine, store, frozen }: BuiltModel): SharedModel {
  const { lexicon, members, ...rest } = description;
  const plain = (value: Lexicon): unknown => JSON.parse(JSON.stringify(value));
  return {
    description: rest,
    lexicon: plain(lexicon),
    members: members?.map((member) => (member === lexicon ? null : plain(member))),
    vectors: lexicon.words.vectors?.share(),
    memory: engine.heap.memory,
    build: engine.build,
    layout: store.layout,
    encoders: frozen.share(),
  };
}

/**
 * Builds the network of another thread on the same memory, with the same weights and vectors.
 *
 * @param encoders the shared encoders, opened by `openSharedEncoders`
 * @param holdings where the thread notes what it allocates; see `Heap.openHoldings`
 */
export function attachModel(shared: SharedModel, encoders: readonly PretrainedEncoder[] = [], holdings?: Address): BuiltModel {
  const vectors = shared.vectors && WordVectors.attach(shared.vectors);
  const lexicon = lexiconFromJson(shared.lexicon, {}, vectors);
  const engine = Engine.attach(shared.memory, shared.build, holdings);
  const members = shared.members?.map((member) => (member === null ? lexicon : lexiconFromJson(member, {}, vectors)));
  const layouts = new Map(shared.encoders.map(({ files, layout = [] }) => [files.checksum, layout]));
  const frozen = new FrozenNetworks(engine, encoders, layouts);
  const store = new ParameterStore(engine.heap, { layout: shared.layout });
  return assemble({ ...shared.description, lexicon, members }, engine, store, frozen);
}

/** Builds the network of a description on parameters in a store. */
export function assemble(
  description: ModelDescription,
  engine: Engine,
  store: ParameterStore,
  frozen: FrozenNetworks,
): BuiltModel {
  if (!models.has(description.name)) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "model.name" },
      message: `there is no model called ${description.name}`,
      hint: `there are ${models.names.join(", ")}; one of your own is registered in every thread if loadPlugins loads it`,
    });
  }
  const definition: ModelDefinition = models.get(description.name);
  const { settings, lexicon, members } = description;
  const scope = new Scope(store, "", frozen);
  const network =
    members === undefined ? definition.build(settings, lexicon, scope) : buildEnsemble(definition, settings, members, scope);
  return {
    description,
    definition,
    engine,
    store,
    model: decidingModel(network, description),
    network,
    encoder: members === undefined ? definition.encoder(settings, lexicon) : ensembleEncoder(definition, settings, members),
    frozen,
  };
}

/**
 * A network with the calibration and the constraints of a description.
 *
 * @throws {ConfigError} SETTING_INVALID if the constraints name labels that the model does not have
 */
export function decidingModel(network: Model, { calibration, constraints, lexicon }: ModelDescription): Model {
  const calibrated = calibration === undefined ? network : calibratedModel(network, calibration.scaling);
  if (constraints === undefined) return calibrated;
  checkConstraints(constraints, { entityTypes: entityTypesOf(lexicon), relationTypes: lexicon.relations.names });
  return constrainedModel(calibrated, constraints);
}
