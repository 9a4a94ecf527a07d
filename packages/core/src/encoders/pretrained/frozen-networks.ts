import type { Engine, Parameter } from "@weft-nlp/tensor";
import { ArchiveError } from "../../errors.ts";
import type { FineTuning, FrozenNetwork, FrozenReference, FrozenSource, Scope, TrainedNetwork } from "../../nn/index.ts";
import type { EncoderNetwork } from "./encoder-network.ts";
import type { EncoderFiles, PretrainedEncoder } from "./pretrained-encoder.ts";

/** A frozen network as a part of a model reads it, with what identifies its rows. */
export interface FrozenUse extends FrozenNetwork {
  readonly encoder: PretrainedEncoder;
  readonly reference: FrozenReference;
}

/** A pretrained encoder whose parameters are among the model's own. */
export interface TrainedUse {
  readonly encoder: PretrainedEncoder;
  /** The beginning of the names of its parameters. */
  readonly prefix: string;
  readonly tuning: FineTuning;
}

/** An encoder whose weights are in memory, for another thread. It holds only values. */
export interface SharedEncoder {
  readonly files: Omit<EncoderFiles, "weights">;
  /** The parameters of its network; undefined if no model reads it. */
  readonly layout: readonly Parameter[] | undefined;
}

/**
 * The pretrained encoders that a model may read, in the memory of its engine. Their networks are
 * built when a part first asks for one. Those of `use` are apart from the model's own parameters,
 * neither trained nor saved with it; those of `train` are among them.
 */
export class FrozenNetworks implements FrozenSource {
  /** What each part reads, by the name of the part. */
  readonly uses = new Map<string, FrozenUse>();
  /** The encoders that are trained with the model. */
  readonly trained: TrainedUse[] = [];
  readonly encoders: readonly PretrainedEncoder[];
  readonly #engine: Engine;
  readonly #layouts: ReadonlyMap<string, readonly Parameter[]> | undefined;
  readonly #starts: boolean;
  readonly #built = new Map<string, EncoderNetwork>();

  /**
   * @param layouts the networks of another thread on the same memory, by checksum
   * @param starts whether encoders that are trained start from their own weights; defaults to true
   *   unless another thread has the weights
   */
  constructor(
    engine: Engine,
    encoders: readonly PretrainedEncoder[],
    layouts?: ReadonlyMap<string, readonly Parameter[]>,
    starts = layouts === undefined,
  ) {
    this.#starts = starts;
    this.#engine = engine;
    this.encoders = encoders;
    this.#layouts = layouts;
  }

  use(user: string, reference: FrozenReference): FrozenUse {
    const encoder = this.#find(reference);
    const { checksum, shape } = encoder;
    let built = this.#built.get(checksum);
    if (built === undefined) this.#built.set(checksum, (built = encoder.build(this.#engine, this.#layouts?.get(checksum))));
    const network = built;
    const all = reference.layers === "mix";
    const use: FrozenUse = {
      layers: all ? shape.layers + 1 : 1,
      width: shape.width,
      encoder,
      reference,
      features: (sentences) => network.features(sentences, reference),
    };
    this.uses.set(user, use);
    return use;
  }

  train(scope: Scope, reference: FrozenReference, tuning: FineTuning): TrainedNetwork {
    const encoder = this.#find(reference);
    const network = encoder.train({ scope, reference, tuning, starts: this.#starts });
    this.trained.push({ encoder, prefix: scope.prefix, tuning });
    return network;
  }

  /** The rows that a part reads, see `FrozenNetwork.features`. */
  featuresOf(user: string, sentences: readonly (readonly string[])[]): Uint16Array[] {
    const use = this.uses.get(user);
    if (use === undefined) throw new RangeError(`the part ${user} reads no frozen network`);
    return use.features(sentences);
  }

  /** Describes the encoders for `FrozenNetworks` in another thread. */
  share(): SharedEncoder[] {
    return this.encoders.map(({ name, source, checksum, config, tokenizer }) => ({
      files: { name, source, checksum, config, tokenizer },
      layout: this.#built.get(checksum)?.layout,
    }));
  }

  #find({ name, path, checksum }: FrozenReference): PretrainedEncoder {
    const found = this.encoders.find((each) =>
      checksum === undefined ? each.name === name || (path !== undefined && each.source === path) : each.checksum === checksum,
    );
    if (found !== undefined) return found;
    throw missingEncoder({ name, path, checksum });
  }
}

/** An error for an encoder that a model reads and that is not here. */
export function missingEncoder({ name, path, checksum }: Pick<FrozenReference, "name" | "path" | "checksum">): ArchiveError {
  const what = name ?? path ?? checksum ?? "";
  const digits = checksum === undefined ? "" : ` with the SHA-256 ${checksum}`;
  const add = path ?? name ?? "NAME";
  return new ArchiveError("ENCODER_MISSING", {
    at: { source: what },
    message: `the model reads this pretrained encoder${digits}, which is not available`,
    hint: `add it to the cache: weft encoder add ${add}`,
  });
}
