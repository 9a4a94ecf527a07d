import { Random } from "@weft-nlp/tensor";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../archive/index.ts";
import { openEncoder, type PretrainedEncoder } from "../encoders/index.ts";

/** The files of a pretrained encoder's folder, in the form of Hugging Face. */
export interface TinyEncoder {
  readonly "config.json": Uint8Array;
  readonly "tokenizer.json": Uint8Array;
  readonly "model.safetensors": Uint8Array;
}

/** What a tiny encoder looks like. */
export interface TinyEncoderOptions {
  /** Seeds the weights; defaults to 1. */
  readonly seed?: number | undefined;
  /** Defaults to 2. */
  readonly layers?: number | undefined;
  /** Width of the states, a multiple of 2; defaults to 8. */
  readonly width?: number | undefined;
  /** Pieces that it reads at once; defaults to 24. */
  readonly positions?: number | undefined;
}

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const letters = Array.from("abcdefghijklmnopqrstuvwxyz0123456789.,-'");
const wholeWords = ["works", "for", "left", "in", "the", "ada", "bob", "acme", "oslo", "rome"];

/**
 * A BERT with random weights, small enough to train on in a test: uncased, with a vocabulary of a
 * few words and of all letters. The same options give the same bytes.
 */
export function tinyEncoder(options: TinyEncoderOptions = {}): TinyEncoder {
  const { seed = 1, layers = 2, width = 8, positions = 24 } = options;
  const vocabulary = [...special, ...wholeWords, ...letters, ...letters.map((letter) => `##${letter}`)];
  const inner = 2 * width;
  const config = {
    model_type: "bert",
    architectures: ["BertModel"],
    hidden_act: "gelu",
    hidden_size: width,
    intermediate_size: inner,
    layer_norm_eps: 1e-12,
    max_position_embeddings: positions,
    num_attention_heads: 2,
    num_hidden_layers: layers,
    pad_token_id: 0,
    type_vocab_size: 2,
    vocab_size: vocabulary.length,
  };
  const shapes: [name: string, ...shape: number[]][] = [
    ["embeddings.word_embeddings.weight", vocabulary.length, width],
    ["embeddings.position_embeddings.weight", positions, width],
    ["embeddings.token_type_embeddings.weight", 2, width],
    ["embeddings.LayerNorm.weight", width],
    ["embeddings.LayerNorm.bias", width],
  ];
  for (let layer = 0; layer < layers; layer++) {
    const dense = (name: string, rows: number, columns: number): void => {
      shapes.push([`encoder.layer.${layer}.${name}.weight`, rows, columns], [`encoder.layer.${layer}.${name}.bias`, rows]);
    };
    const norm = (name: string): void => {
      shapes.push([`encoder.layer.${layer}.${name}.weight`, width], [`encoder.layer.${layer}.${name}.bias`, width]);
    };
    for (const name of ["query", "key", "value"]) dense(`attention.self.${name}`, width, width);
    dense("attention.output.dense", width, width);
    norm("attention.output.LayerNorm");
    dense("intermediate.dense", inner, width);
    dense("output.dense", width, inner);
    norm("output.LayerNorm");
  }
  const tensors = new Map(shapes.map(([name, ...shape]) => [name, drawn(seed, name, shape)]));
  return {
    "config.json": jsonBytes(config),
    "tokenizer.json": jsonBytes(wordPieceTokenizer(vocabulary)),
    "model.safetensors": writeSafetensors({ tensors, metadata: { format: "pt" } }),
  };
}

/** Normal with deviation 0.3; the scale of a normalisation is around 1. */
function drawn(seed: number, name: string, shape: readonly number[]): StoredTensor {
  const random = Random.of(seed, name);
  const middle = name.endsWith("LayerNorm.weight") ? 1 : 0;
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float32Array.from({ length: count }, () => middle + 0.3 * random.normal()) };
}

function wordPieceTokenizer(vocabulary: readonly string[]): unknown {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
  };
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A tiny encoder, opened under the name `tiny`. Its checksum stands for its options. */
export async function openTinyEncoder(options: TinyEncoderOptions = {}): Promise<PretrainedEncoder> {
  const files = tinyEncoder(options);
  const text = (file: keyof TinyEncoder): string => new TextDecoder().decode(files[file]);
  const { tensors } = readSafetensors(files["model.safetensors"], "tiny");
  const { seed = 1, layers = 2, width = 8, positions = 24 } = options;
  return openEncoder({
    name: "tiny",
    source: "tiny",
    checksum: [seed, layers, width, positions].map((each) => each.toString(16).padStart(16, "0")).join(""),
    config: text("config.json"),
    tokenizer: text("tokenizer.json"),
    weights: (name) => tensors.get(name),
  });
}
