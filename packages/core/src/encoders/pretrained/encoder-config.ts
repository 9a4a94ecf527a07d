import { ArchiveError } from "../../errors.ts";

/** What a pretrained encoder's configuration says about its size. */
export interface EncoderSize {
  /** The kind of model, such as `bert`. */
  readonly kind: string;
  /** Layers above the embeddings. */
  readonly layers: number;
  /** Columns of a layer's states. */
  readonly width: number;
  /** Rows of the table of pieces. */
  readonly vocabulary: number;
  /** The most pieces that it reads at once, those around a sentence included. */
  readonly limit: number;
}

/** The kinds whose networks are built here, with the positions that they keep for themselves. */
const kinds: Readonly<Record<string, number>> = {
  bert: 0,
  electra: 0,
  distilbert: 0,
  roberta: 2,
  camembert: 2,
  "xlm-roberta": 2,
};

/**
 * Reads the size of an encoder from its `config.json`.
 *
 * @throws {ArchiveError} ARCHIVE_INVALID if it is not of the BERT family, or lacks a number
 */
export function readEncoderSize(config: unknown, source: string): EncoderSize {
  const fields = typeof config === "object" && config !== null ? (config as Readonly<Record<string, unknown>>) : {};
  const invalid = (path: string, message: string): ArchiveError =>
    new ArchiveError("ARCHIVE_INVALID", {
      at: { source, path },
      message,
      hint: `expected the config.json of one of these, as Hugging Face writes it: ${Object.keys(kinds).join(", ")}`,
    });
  const number = (...names: readonly string[]): number => {
    const name = names.find((each) => fields[each] !== undefined) ?? (names[0] as string);
    const value = fields[name];
    if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 1 << 24) return value as number;
    throw invalid(name, `expected a whole number of at least 1, found ${JSON.stringify(value)?.slice(0, 40) ?? "nothing"}`);
  };
  const kind = fields["model_type"];
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) {
    throw invalid("model_type", `the model is of the kind ${JSON.stringify(kind)?.slice(0, 40) ?? "nothing"}`);
  }
  return {
    kind,
    layers: number("num_hidden_layers", "n_layers"),
    width: number("hidden_size", "dim"),
    vocabulary: number("vocab_size"),
    limit: number("max_position_embeddings") - (kinds[kind] as number),
  };
}
