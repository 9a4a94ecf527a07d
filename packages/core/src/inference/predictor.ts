import { Arena, type Engine, KeptProducts, Tape } from "@weft/tensor";
import type { Prediction } from "../metrics/index.ts";
import type { Example, Model, PredictOptions } from "../models/index.ts";

/** Sentences predicted together; enough to fill the products, few enough to stay in the cache. */
export const predictionChunk = 8;

/** Predicts in the calling thread, in working memory of its own that it keeps. */
export class Predictor {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #arena: Arena;
  readonly #kept: KeptProducts;

  constructor({ engine, model }: { readonly engine: Engine; readonly model: Model }) {
    this.#engine = engine;
    this.#model = model;
    this.#arena = new Arena(engine.heap);
    this.#kept = new KeptProducts(engine);
  }

  /** One prediction an example, in order. */
  predict(examples: readonly Example[], options: PredictOptions): Prediction[] {
    return inChunks(examples, predictionChunk).flatMap((chunk) => {
      this.#arena.reset();
      return this.#model.predict(new Tape(this.#engine, this.#arena, { kept: this.#kept }), chunk, options);
    });
  }
}

/** Consecutive pieces of at most `size` items. */
export function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}
