import type { Matrix, Tape } from "@weft-nlp/tensor";
import { z } from "zod";
import type { PackedSentences, SentenceEncoder } from "../encoders/index.ts";
import { applyBilstm, type BilstmLayer, bilstmLayer, type Scope } from "../nn/index.ts";

/** The setting of what a model reads words in context with. */
export const contextSetting = () =>
  z
    .enum(["bilstm", "none"])
    .default("bilstm")
    .describe("what reads the inputs of all words in order; none: the inputs as they are, for a trained encoder");

/** What a model makes of its inputs, before its heads: a BiLSTM over them, or nothing. */
export class WordContext {
  /** Columns of the states: 2·size, or those of the inputs. */
  readonly width: number;
  readonly #encoder: SentenceEncoder;
  readonly #bilstm: BilstmLayer | undefined;

  /** @param size units of the BiLSTM in one direction */
  constructor(kind: "bilstm" | "none", encoder: SentenceEncoder, size: number, scope: Scope) {
    this.#encoder = encoder;
    this.#bilstm = kind === "none" ? undefined : bilstmLayer(scope.child("encoder"), encoder.width, size);
    this.width = kind === "none" ? encoder.width : 2 * size;
  }

  /** The states of all words, [ΣN, width]. */
  forward(tape: Tape, batch: PackedSentences): Matrix {
    if (this.#bilstm === undefined) return this.#encoder.everyWord(tape, batch);
    return applyBilstm(tape, this.#bilstm, this.#encoder.forward(tape, batch), batch.offsets);
  }
}
