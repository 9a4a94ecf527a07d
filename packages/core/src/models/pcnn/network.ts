import { type Matrix, operations, type Parameter, type Tape } from "@weft-nlp/tensor";
import {
  applyLinear,
  applyWindows,
  type LinearLayer,
  linearLayer,
  type Scope,
  type WindowLayer,
  windowLayer,
} from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { PackedPair, PairBatch } from "../pairs/batch.ts";
import { InputLayer } from "../pairs/input-layer.ts";
import { classColumns, type PairNetwork, type PairScores } from "../pairs/pair-model.ts";
import type { PcnnSettings } from "./settings.ts";

const pieces = 3;

/** A piecewise convolutional network: Zeng et al. 2015, §3, for single sentences. */
export class PcnnNetwork implements PairNetwork {
  readonly words: Parameter;
  readonly #settings: PcnnSettings;
  readonly #input: InputLayer;
  readonly #convolution: WindowLayer;
  readonly #classes: LinearLayer;

  constructor(settings: PcnnSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.#input = new InputLayer(settings, lexicon, scope);
    this.words = this.#input.words;
    const { filters, filterWidth } = settings;
    this.#convolution = windowLayer(scope.child("convolution"), this.#input.columns, filters, filterWidth);
    this.#classes = linearLayer(scope.child("class"), pieces * filters, classColumns(lexicon, { loss: "cross-entropy" }));
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const [pooled] = applyWindows(tape, this.#convolution, {
      ...this.#input.shares(tape, batch),
      offsets: batch.offsets,
      positions: this.#input.positions,
      windows: Int32Array.from(batch.pairs.flatMap(piecesOf)),
      rectified: false,
      pooling: ["max"],
    }) as [Matrix]; // [3 · pairs, F]
    const rows = Int32Array.from(batch.pairs.keys());
    const terms = Array.from({ length: pieces }, (_, piece) => ({
      input: pooled,
      rows: rows.map((k) => pieces * k + piece),
      to: piece * pooled.columns,
    }));
    const joined = tape.apply(operations.compose, { rows: rows.length, columns: pieces * pooled.columns, terms });
    const features = tape.apply(operations.tanh, joined); // g, [pairs, 3F]
    const kept = tape.apply(operations.dropout, { input: features, rate: this.#settings.dropout });
    return { classes: applyLinear(tape, this.#classes, kept), identity: undefined };
  }
}

/** The words up to the first entity, up to the second, and after it; the convolution sees the whole sentence. An empty piece gives 0. */
function piecesOf({ sentence: { start, end }, anchors }: PackedPair): number[] {
  const cuts = [start, Math.min(...anchors) + 1, Math.max(...anchors) + 1, end];
  return Array.from({ length: pieces }, (_, k) => [cuts[k] as number, cuts[k + 1] as number, start, end, ...anchors]).flat();
}
