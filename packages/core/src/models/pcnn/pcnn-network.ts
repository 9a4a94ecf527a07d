import { type Matrix, operations, type Parameter, type Tape } from "@weft-nlp/tensor";
import { SentenceEncoder } from "../../encoders/index.ts";
import type { PackedPair, PairBatch } from "../../heads/given-pairs/pair-batch.ts";
import { classColumns, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { offsetTable, pairInitial } from "../../heads/given-pairs/pair-offsets.ts";
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
import type { PairNetwork } from "../pairs/pair-model.ts";
import type { PcnnSettings } from "./pcnn-settings.ts";

const pieces = 3;

/** A piecewise convolutional network (Zeng et al. 2015, §3) for single sentences. */
export class PcnnNetwork implements PairNetwork {
  readonly encoder: SentenceEncoder;
  readonly #settings: PcnnSettings;
  readonly #positions: Parameter;
  readonly #convolution: WindowLayer;
  readonly #classes: LinearLayer;

  constructor(settings: PcnnSettings, lexicon: Lexicon, scope: Scope) {
    this.#settings = settings;
    this.encoder = new SentenceEncoder({ ...settings, initial: pairInitial }, lexicon, scope);
    this.#positions = offsetTable(settings, scope);
    const { filters, filterWidth, positionSize } = settings;
    const columns = { parts: this.encoder.shares, positions: positionSize };
    this.#convolution = windowLayer(scope.child("convolution"), columns, filters, filterWidth);
    this.#classes = linearLayer(scope.child("class"), pieces * filters, classColumns(lexicon, { loss: "cross-entropy" }));
  }

  forward(tape: Tape, batch: PairBatch): PairScores {
    const [pooled] = applyWindows(tape, this.#convolution, {
      parts: this.encoder.forwardShares(tape, batch),
      offsets: batch.offsets,
      positions: this.#positions,
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

/**
 * The three pieces of a sentence: up to the first entity, up to the second, and the rest. The
 * convolution reads the whole sentence. An empty piece pools to 0.
 */
function piecesOf({ sentence: { start, end }, anchors }: PackedPair): number[] {
  const cuts = [start, Math.min(...anchors) + 1, Math.max(...anchors) + 1, end];
  return Array.from({ length: pieces }, (_, k) => [cuts[k] as number, cuts[k + 1] as number, start, end, ...anchors]).flat();
}
