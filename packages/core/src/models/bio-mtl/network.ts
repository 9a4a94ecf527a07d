import { operations, type Parameter, type Tape } from "@weft/tensor";
import type { Lexicon } from "../../data/lexicon.ts";
import {
  applyLinear,
  applyWindows,
  concatenate,
  type LinearLayer,
  linearLayer,
  type Scope,
  type WindowLayer,
  windowLayer,
} from "../../nn/index.ts";
import type { PackedPair, PairBatch } from "../pairs/batch.ts";
import { InputLayer } from "../pairs/input-layer.ts";
import { classColumns, type PairNetwork, type PairScores } from "../pairs/pair-model.ts";
import type { BioMtlSettings } from "./settings.ts";

/** Convolution, pooling and two tasks: Ye et al. 2019, §2. */
export class BioMtlNetwork implements PairNetwork {
  readonly words: Parameter;
  readonly #settings: BioMtlSettings;
  readonly #input: InputLayer;
  /** One a width. */
  readonly #convolution: readonly WindowLayer[];
  readonly #hidden: LinearLayer | undefined;
  readonly #classes: LinearLayer;
  readonly #identity: LinearLayer | undefined;

  constructor(settings: BioMtlSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#input = new InputLayer(settings, lexicon, scope);
    this.words = this.#input.words;
    const { windows, filters, pooling } = settings;
    this.#convolution = windows.map((width) =>
      windowLayer(scope.child("convolution").child(`width-${width}`), this.#input.columns, filters, width),
    );
    const pooled = windows.length * filters * (pooling === "max" ? 1 : 2);
    this.#hidden = settings.scores === "dense" ? linearLayer(scope.child("hidden"), pooled, settings.hiddenSize) : undefined;
    const features = this.#hidden === undefined ? pooled : settings.hiddenSize;
    const options = { bias: settings.classBias };
    this.#classes = linearLayer(scope.child("class"), features, classColumns(lexicon, settings), options);
    this.#identity = settings.identification ? linearLayer(scope.child("identity"), pooled, 2) : undefined;
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const shares = this.#input.shares(tape, batch);
    const windows = Int32Array.from(batch.pairs.flatMap((pair) => this.#window(pair)));
    const pooled = concatenate(
      tape,
      this.#convolution.flatMap((layer) =>
        applyWindows(tape, layer, {
          ...{ ...shares, offsets: batch.offsets, positions: this.#input.positions, windows, rectified: true },
          pooling: this.#settings.pooling === "max" ? ["max"] : ["max", "mean"],
        }),
      ),
    ); // r, [pairs, widths · F]
    const hidden = this.#hidden === undefined ? pooled : tape.apply(operations.relu, applyLinear(tape, this.#hidden, pooled));
    const kept = tape.apply(operations.dropout, { input: hidden, rate: this.#settings.dropout });
    return {
      classes: applyLinear(tape, this.#classes, kept), // eq. 4
      identity: this.#identity === undefined ? undefined : applyLinear(tape, this.#identity, pooled), // [pairs, 2]
    };
  }

  /** What a pair pools and sees, and what its offsets are counted from. */
  #window({ sentence, head, tail, anchors }: PackedPair): number[] {
    const { window, betweenLimit } = this.#settings;
    if (window === "sentence") return [sentence.start, sentence.end, sentence.start, sentence.end, ...anchors];
    const start = Math.min(head.start, tail.start);
    const end = Math.min(Math.max(head.end, tail.end), start + betweenLimit);
    return [start, end, start, end, ...anchors];
  }
}
