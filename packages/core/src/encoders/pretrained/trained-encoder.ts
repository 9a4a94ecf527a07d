import type { Matrix, Tape } from "@weft-nlp/tensor";
import { ConfigError } from "../../errors.ts";
import type { FineTuning, FrozenReference, Scope, TrainedNetwork } from "../../nn/index.ts";
import { pieceLimit, readTransformerWeights, TransformerNetwork } from "../transformer/index.ts";
import type { EncoderContent } from "./encoder-network.ts";
import { packPieces, pieceShares } from "./packed-pieces.ts";
import { pieceMeans } from "./piece-means.ts";

/** Where and how an encoder becomes a part of a model. */
export interface TrainedPlace {
  readonly scope: Scope;
  readonly reference: FrozenReference;
  readonly tuning: FineTuning;
  /** Whether its parameters start from the encoder's weights; otherwise they are about to come. */
  readonly starts: boolean;
}

/** A pretrained encoder whose parameters are among the model's own. */
export class TrainedEncoder implements TrainedNetwork {
  readonly layers: number;
  readonly width: number;
  readonly #encoder: EncoderContent;
  readonly #reference: FrozenReference;
  readonly #rate: number;
  readonly #network: TransformerNetwork;

  /** @throws {ConfigError} SETTING_INVALID if no layer is left to train */
  constructor(encoder: EncoderContent, { scope, reference, tuning, starts }: TrainedPlace) {
    const { shape, source, weights } = encoder;
    if (tuning.freezeBelow > shape.layers) {
      throw new ConfigError("SETTING_INVALID", {
        at: { path: "model.inputs.encoder.train.freezeBelow" },
        message: `the encoder has ${shape.layers} layers, so none from ${tuning.freezeBelow} on is left to train`,
        hint: `set it to ${shape.layers} or less, or train to off`,
      });
    }
    this.#encoder = encoder;
    this.#reference = reference;
    this.#rate = tuning.dropout;
    this.layers = reference.layers === "mix" ? shape.layers + 1 : 1;
    this.width = shape.width;
    this.#network = new TransformerNetwork(shape, scope, { frozen: tuning.freezeBelow, initial: "zeros" });
    if (starts) {
      this.#network.load(scope, readTransformerWeights(shape, weights, { source: `${source}/model.safetensors` }));
    }
  }

  words(tape: Tape, tokens: readonly string[], offsets: Int32Array): Matrix[] {
    const { shape, pieces: known } = this.#encoder;
    const sentences = Array.from(offsets.subarray(1), (end, s) => tokens.slice(offsets[s], end));
    const packed = packPieces(sentences, known, { limit: pieceLimit(shape), mode: this.#reference.pieces });
    const options = this.#reference.layers === "mix" ? {} : { layers: [shape.layers] };
    // [ΣP, W] for each layer
    const states = this.#network.forward(tape, packed.pieces, packed.offsets, { ...options, rate: this.#rate });
    const shares = pieceShares(packed);
    return states.map((each) => tape.apply(pieceMeans, { states: each, shares, words: packed.words })); // [ΣN, W]
  }
}
