import { Arena, type Engine, type Parameter, ParameterStore, Tape } from "@weft-nlp/tensor";
import { floatsToHalves } from "../../archive/index.ts";
import { type FrozenReference, Scope } from "../../nn/index.ts";
import {
  pieceLimit,
  readTransformerWeights,
  type TensorReader,
  TransformerNetwork,
  type TransformerShape,
} from "../transformer/index.ts";
import { type PieceShare, packPieces, pieceShares } from "./packed-pieces.ts";
import type { WordPieces } from "./word-pieces.ts";

/** What a network is built from. */
export interface EncoderContent {
  readonly shape: TransformerShape;
  readonly pieces: WordPieces;
  readonly weights: TensorReader;
  /** Where the encoder is, for error messages. */
  readonly source: string;
}

/** The network of a pretrained encoder in the memory of an engine. */
export class EncoderNetwork {
  readonly #encoder: EncoderContent;
  readonly #engine: Engine;
  readonly #store: ParameterStore;
  readonly #network: TransformerNetwork;
  readonly #arena: Arena;
  readonly #scratch: Arena;

  /** @param layout the parameters of another thread's network on the same memory */
  constructor(encoder: EncoderContent, engine: Engine, layout: readonly Parameter[] | undefined) {
    const { shape, source, weights } = encoder;
    this.#encoder = encoder;
    this.#engine = engine;
    this.#store = new ParameterStore(engine.heap, layout === undefined ? { seed: null } : { layout });
    this.#network = new TransformerNetwork(shape, new Scope(this.#store, "encoder"));
    this.#arena = new Arena(engine.heap);
    this.#scratch = new Arena(engine.heap);
    if (layout !== undefined) return;
    this.#network.load(this.#store, readTransformerWeights(shape, weights, { source: `${source}/model.safetensors` }));
  }

  /** Its parameters, to which another thread attaches. */
  get layout(): readonly Parameter[] {
    return this.#store.layout;
  }

  /** The rows of words, see `FrozenNetwork.features`. */
  features(sentences: readonly (readonly string[])[], { pieces: mode, layers }: FrozenReference): Uint16Array[] {
    const { shape, pieces: known } = this.#encoder;
    const { heap } = this.#engine;
    const packed = packPieces(sentences, known, { limit: pieceLimit(shape), mode });
    const { pieces, offsets } = packed;
    this.#arena.reset();
    this.#scratch.reset();
    const tape = new Tape(this.#engine, this.#arena, { scratch: this.#scratch });
    // [ΣP, W] for each layer
    const states = this.#network.forward(tape, pieces, offsets, layers === "mix" ? {} : { layers: [shape.layers] });
    const read = states.map(({ at, rows, stride }) => ({ values: heap.floats(at, rows * stride), stride }));
    const lengths = sentences.map(({ length }) => length);
    return wordRows(read, pieceShares(packed), lengths, shape.width);
  }
}

interface LayerRows {
  readonly values: Float32Array;
  readonly stride: number;
}

/** The rows of words from those of their pieces, [N, L, W] for each sentence. */
function wordRows(
  layers: readonly LayerRows[],
  shares: readonly PieceShare[],
  lengths: readonly number[],
  width: number,
): Uint16Array[] {
  const words = lengths.reduce((sum, length) => sum + length, 0);
  const rows = new Float32Array(words * layers.length * width);
  for (const { word, piece, share } of shares) {
    for (const [l, { values, stride }] of layers.entries()) {
      const into = (word * layers.length + l) * width;
      const from = piece * stride;
      for (let k = 0; k < width; k++) rows[into + k] = (rows[into + k] as number) + share * (values[from + k] as number);
    }
  }
  let at = 0;
  return lengths.map((length) => {
    const size = length * layers.length * width;
    const halves = new Uint16Array(size);
    floatsToHalves(rows.subarray(at, at + size), halves);
    at += size;
    return halves;
  });
}
