import { Arena, type Engine, KeptProducts, Tape } from "@weft-nlp/tensor";
import type { Prediction } from "../metrics/index.ts";
import type { Example, Model, PredictOptions } from "../models/index.ts";
import { inPlaces, predictionChunks } from "./prediction-chunks.ts";

/** Predicts in the calling thread, and keeps its working memory between calls. */
export class Predictor {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #arena: Arena;
  readonly #scratch: Arena;
  readonly #kept: KeptProducts;

  constructor({ engine, model }: { readonly engine: Engine; readonly model: Model }) {
    this.#engine = engine;
    this.#model = model;
    this.#arena = new Arena(engine.heap);
    this.#scratch = new Arena(engine.heap);
    this.#kept = new KeptProducts(engine);
  }

  /** Returns one prediction per example, in order. */
  predict(examples: readonly Example[], options: PredictOptions): Prediction[] {
    const chunks = predictionChunks(examples);
    return inPlaces(
      chunks,
      chunks.map((chunk) => this.predictChunk(chunk.examples, options)),
    );
  }

  /** Predicts one chunk, as formed by `predictionChunks`. */
  predictChunk(examples: readonly Example[], options: PredictOptions): Prediction[] {
    this.#arena.reset();
    this.#scratch.reset();
    const tape = new Tape(this.#engine, this.#arena, { kept: this.#kept, scratch: this.#scratch });
    return this.#model.predict(tape, examples, options);
  }
}
