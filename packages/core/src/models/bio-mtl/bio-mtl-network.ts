import { type Matrix, operations, type Parameter, type Tape } from "@weft-nlp/tensor";
import { SentenceEncoder } from "../../encoders/index.ts";
import type { PackedPair, PairBatch } from "../../heads/given-pairs/pair-batch.ts";
import { classColumns, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { offsetTable, pairInitial } from "../../heads/given-pairs/pair-offsets.ts";
import {
  applyLinear,
  applyNorm,
  applyWindows,
  concatenate,
  type LinearLayer,
  linearLayer,
  type NormLayer,
  normLayer,
  type Scope,
  type WindowLayer,
  windowLayer,
} from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { PairNetwork } from "../pairs/pair-model.ts";
import type { BioMtlSettings } from "./bio-mtl-settings.ts";

/**
 * Convolution, pooling and two tasks: Ye et al. 2019, §2.
 *
 * The released code has two batch normalisations, and dropouts of 0.5 and 0.2 besides the spatial
 * one, but their positions are not known. We assume that the pooled values are normalised and then
 * dropped out at 0.5 before both tasks read them, and that the hidden layer is normalised after its
 * ReLU and then dropped out at 0.2 before it is scored.
 */
export class BioMtlNetwork implements PairNetwork {
  readonly encoder: SentenceEncoder;
  readonly #settings: BioMtlSettings;
  readonly #positions: Parameter;
  /** One per width. */
  readonly #convolution: readonly WindowLayer[];
  readonly #pooledNorm: NormLayer | undefined;
  readonly #hidden: LinearLayer | undefined;
  readonly #hiddenNorm: NormLayer | undefined;
  readonly #classes: LinearLayer;
  readonly #identity: LinearLayer | undefined;

  constructor(settings: BioMtlSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.encoder = new SentenceEncoder({ ...settings, initial: pairInitial }, lexicon, scope);
    this.#positions = offsetTable(settings, scope);
    const { windows, filters, pooling, positionSize } = settings;
    const columns = { parts: this.encoder.shares, positions: positionSize };
    this.#convolution = windows.map((width) =>
      windowLayer(scope.child("convolution").child(`width-${width}`), columns, filters, width),
    );
    const pooled = windows.length * filters * (pooling === "max" ? 1 : 2);
    const norm = { momentum: settings.batchNormMomentum, epsilon: settings.batchNormEpsilon };
    this.#pooledNorm = settings.batchNorm ? normLayer(scope.child("pooled-norm"), pooled, norm) : undefined;
    this.#hidden = settings.scores === "dense" ? linearLayer(scope.child("hidden"), pooled, settings.hiddenSize) : undefined;
    const normed = settings.batchNorm && this.#hidden !== undefined;
    this.#hiddenNorm = normed ? normLayer(scope.child("hidden-norm"), settings.hiddenSize, norm) : undefined;
    const features = this.#hidden === undefined ? pooled : settings.hiddenSize;
    const options = { bias: settings.classBias };
    this.#classes = linearLayer(scope.child("class"), features, classColumns(lexicon, settings), options);
    this.#identity = settings.identification ? linearLayer(scope.child("identity"), pooled, 2) : undefined;
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const parts = this.encoder.forwardShares(tape, batch);
    const windows = Int32Array.from(batch.pairs.flatMap((pair) => this.#window(pair)));
    const pooled = concatenate(
      tape,
      this.#convolution.flatMap((layer) =>
        applyWindows(tape, layer, {
          ...{ parts, offsets: batch.offsets, positions: this.#positions, windows, rectified: true },
          pooling: this.#settings.pooling === "max" ? ["max"] : ["max", "mean"],
        }),
      ),
    ); // r, [pairs, widths · F]
    const { pooledDropout, dropout } = this.#settings;
    const shared = tape.apply(operations.dropout, { input: normalised(tape, this.#pooledNorm, pooled), rate: pooledDropout });
    const hidden = normalised(tape, this.#hiddenNorm, this.#hide(tape, shared)); // [pairs, hiddenSize], or r
    const kept = tape.apply(operations.dropout, { input: hidden, rate: dropout });
    return {
      classes: applyLinear(tape, this.#classes, kept), // eq. 4
      identity: this.#identity === undefined ? undefined : applyLinear(tape, this.#identity, shared), // [pairs, 2]
    };
  }

  #hide(tape: Tape, pooled: Matrix): Matrix {
    return this.#hidden === undefined ? pooled : tape.apply(operations.relu, applyLinear(tape, this.#hidden, pooled));
  }

  /** A pair's entry in the window list: words to pool, words to read, and anchors. */
  #window({ sentence, head, tail, anchors }: PackedPair): number[] {
    const { window, betweenLimit } = this.#settings;
    if (window === "sentence") return [sentence.start, sentence.end, sentence.start, sentence.end, ...anchors];
    const start = Math.min(head.start, tail.start);
    const end = Math.min(Math.max(head.end, tail.end), start + betweenLimit);
    return [start, end, start, end, ...anchors];
  }
}

function normalised(tape: Tape, layer: NormLayer | undefined, input: Matrix): Matrix {
  return layer === undefined ? input : applyNorm(tape, layer, input);
}
