import { ArchiveError, type Location } from "../../errors.ts";

/** The kinds of transformers whose networks are built here. */
export type TransformerFamily = "bert" | "roberta" | "xlm-roberta" | "distilbert" | "electra";

/** The sizes of a transformer, and what else decides its outputs besides its weights. */
export interface TransformerShape {
  readonly family: TransformerFamily;
  /** Layers above the embeddings. */
  readonly layers: number;
  /** Columns of the states of every layer, W. */
  readonly width: number;
  /** Attention heads of a layer; each has W / heads columns, a multiple of 4. */
  readonly heads: number;
  /** Columns between the two maps of a layer. */
  readonly inner: number;
  /** Rows of the table of pieces, V. */
  readonly vocabulary: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** The row of a sentence's first position: those before it stand for no place in a sentence. */
  readonly positionOffset: number;
  /** Rows of the table of sentence types; 0 if there is none. */
  readonly types: number;
  /** Columns of the embeddings, E. If it is not W, a linear map leads to the first layer. */
  readonly embeddingWidth: number;
  /** ε of every layer normalisation. */
  readonly epsilon: number;
  readonly activation: "gelu";
}

/** The most pieces that the transformer reads at once. */
export function pieceLimit({ positions, positionOffset }: Pick<TransformerShape, "positions" | "positionOffset">): number {
  return positions - positionOffset;
}

/** Where a family keeps its sizes in `config.json`, and what it means by leaving some out. */
interface Reading {
  readonly family: TransformerFamily;
  readonly names: Readonly<Record<"layers" | "width" | "heads" | "inner" | "activation", string>>;
  readonly epsilon: number;
  /** Whether positions are counted from the one after the padding piece's number. */
  readonly countsPadding: boolean;
}

const usual = {
  layers: "num_hidden_layers",
  width: "hidden_size",
  heads: "num_attention_heads",
  inner: "intermediate_size",
  activation: "hidden_act",
};
const roberta: Reading = { family: "roberta", names: usual, epsilon: 1e-12, countsPadding: true };

const readings: Readonly<Record<string, Reading>> = {
  bert: { family: "bert", names: usual, epsilon: 1e-12, countsPadding: false },
  roberta,
  camembert: roberta,
  "xlm-roberta": { ...roberta, family: "xlm-roberta" },
  distilbert: {
    family: "distilbert",
    names: { layers: "n_layers", width: "dim", heads: "n_heads", inner: "hidden_dim", activation: "activation" },
    epsilon: 1e-12,
    countsPadding: false,
  },
  electra: { family: "electra", names: usual, epsilon: 1e-12, countsPadding: false },
};

/** Larger than any transformer of these families, and small enough to compute with. */
const limits = {
  layers: 128,
  width: 2 ** 14,
  heads: 2 ** 10,
  inner: 2 ** 16,
  vocabulary: 2 ** 22,
  positions: 2 ** 17,
  types: 2 ** 10,
};
/** Addresses have 32 bits, so no more 32-bit floats than this fit into the memory. */
const maxParameters = 2 ** 30;

/**
 * Reads the shape of a transformer from its `config.json`, as Hugging Face writes it.
 *
 * @param at where it is, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if the transformer is of another kind, computes something
 *   that ours does not, or has impossible sizes
 */
export function readTransformerShape(config: unknown, at: Location): TransformerShape {
  const fields = new ConfigFields(config, at);
  const { family, names, epsilon, countsPadding } = fields.reading();
  fields.require(names.activation, "gelu");
  fields.require("position_embedding_type", "absolute");
  fields.require("is_decoder", false);
  const width = fields.whole(names.width, limits.width);
  const heads = fields.whole(names.heads, limits.heads);
  if (width % (4 * heads) !== 0) {
    throw fields.fault(names.heads, `${heads} heads cannot share ${width} columns in multiples of four`);
  }
  const shape: TransformerShape = {
    family,
    layers: fields.whole(names.layers, limits.layers),
    width,
    heads,
    inner: fields.whole(names.inner, limits.inner),
    vocabulary: fields.whole("vocab_size", limits.vocabulary),
    positions: fields.whole("max_position_embeddings", limits.positions),
    positionOffset: countsPadding ? fields.whole("pad_token_id", limits.vocabulary, 0, 1) + 1 : 0,
    types: family === "distilbert" ? 0 : fields.whole("type_vocab_size", limits.types, 0, 2),
    embeddingWidth: family === "electra" ? fields.whole("embedding_size", limits.width, 1, width) : width,
    epsilon: fields.epsilon(epsilon),
    activation: "gelu",
  };
  if (pieceLimit(shape) < 1) {
    throw fields.fault(
      "max_position_embeddings",
      `${shape.positions} positions leave none for a sentence, which starts at ${shape.positionOffset}`,
    );
  }
  const count = parameterCount(shape);
  if (count > maxParameters) {
    throw fields.fault(
      "vocab_size",
      `the transformer has ${count.toExponential(1)} weights, but at most ${maxParameters.toExponential(1)} fit into the memory`,
    );
  }
  return shape;
}

/** How many numbers the weights have. */
export function parameterCount(shape: TransformerShape): number {
  const { layers, width, inner, vocabulary, positions, types, embeddingWidth } = shape;
  const tables = (vocabulary + positions + types + 2) * embeddingWidth;
  const projection = embeddingWidth === width ? 0 : (embeddingWidth + 1) * width;
  const layer = 4 * (width + 1) * width + (width + 1) * inner + (inner + 1) * width + 4 * width;
  return tables + projection + layers * layer;
}

/** Reads the fields of a configuration, each with its limits. */
class ConfigFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #at: Location;

  constructor(config: unknown, at: Location) {
    this.#at = at;
    if (typeof config !== "object" || config === null || Array.isArray(config)) {
      throw this.fault(undefined, "the configuration is not a JSON object");
    }
    this.#fields = config as Readonly<Record<string, unknown>>;
  }

  fault(path: string | undefined, message: string): ArchiveError {
    return new ArchiveError("ARCHIVE_INVALID", {
      at: { ...this.#at, path },
      message,
      hint: `expected the config.json of a ${Object.keys(readings).join(", ")} model, as Hugging Face writes it`,
    });
  }

  reading(): Reading {
    const type = this.#get("model_type");
    if (typeof type !== "string" || !Object.hasOwn(readings, type)) {
      throw this.fault(
        "model_type",
        `the kind of model is ${shown(type)}, which is not one of ${Object.keys(readings).join(", ")}`,
      );
    }
    return readings[type] as Reading;
  }

  /** Refuses any other value than the one that our network computes with; without one, that is meant. */
  require(name: string, expected: unknown): void {
    const value = this.#get(name) ?? expected;
    if (value !== expected)
      throw this.fault(name, `expected ${shown(expected)}, found ${shown(value)}: this network computes nothing else`);
  }

  whole(name: string, max: number, min = 1, usual?: number): number {
    const value = this.#get(name) ?? usual;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw this.fault(name, `expected a whole number from ${min} to ${max}, found ${shown(value)}`);
  }

  epsilon(usual: number): number {
    const value = this.#get("layer_norm_eps") ?? usual;
    if (typeof value === "number" && value > 0 && value <= 1) return value;
    throw this.fault("layer_norm_eps", `expected a number above 0 and at most 1, found ${shown(value)}`);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40);
}
