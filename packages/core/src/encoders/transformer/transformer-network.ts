import {
  type Initialiser,
  type Matrix,
  normal,
  ones,
  operations,
  type Parameter,
  type ParameterStore,
  ShapeError,
  type Tape,
  zeros,
} from "@weft-nlp/tensor";
import type { Scope } from "../../nn/index.ts";
import { type TransformerParameter, transformerParameters } from "./transformer-parameters.ts";
import { pieceLimit, type TransformerShape } from "./transformer-shape.ts";
import type { TransformerWeight } from "./transformer-weights.ts";

/** Which part of a transformer training leaves as it is. */
export interface TransformerOptions {
  /**
   * How many stages keep their weights, the embeddings first and then the layers from below: 0
   * trains everything, 1 keeps the embeddings, layers + 1 keeps everything. Stages that keep their
   * weights need no gradients, are computed without dropout and stay out of the optimiser. Defaults
   * to 0.
   */
  readonly frozen?: number;
  /**
   * The first values: drawn as in Devlin et al. 2019, or zeros for a network whose weights are
   * about to be loaded, which is faster. Defaults to drawn ones.
   */
  readonly initial?: "drawn" | "zeros";
}

/** What to compute, and how. */
export interface ForwardOptions {
  /** The stages to return, in this order: 0 is the embeddings, k is layer k. Defaults to all. */
  readonly layers?: readonly number[];
  /** Dropout in training, at the places of Devlin et al. 2019, appendix A.2; defaults to 0. */
  readonly rate?: number;
}

/**
 * A transformer of the BERT family: embeddings of pieces and positions, then layers of
 * self-attention and of two linear maps with GELU between them, each with a residual and a layer
 * normalisation behind it (Vaswani et al. 2017; Devlin et al. 2019). Sentences lie end to end
 * without padding, so each has the same bits alone as among others.
 */
export class TransformerNetwork {
  readonly shape: TransformerShape;
  readonly #frozen: number;
  readonly #parameters = new Map<string, Parameter>();

  /** Adds its parameters to the scope. */
  constructor(shape: TransformerShape, scope: Scope, { frozen = 0, initial = "drawn" }: TransformerOptions = {}) {
    this.shape = shape;
    this.#frozen = frozen;
    for (const parameter of transformerParameters(shape)) {
      const first = initial === "zeros" ? zeros : firstValues(parameter);
      this.#parameters.set(parameter.path, added(scope, parameter, first, stageOf(parameter.path) < frozen));
    }
  }

  /** Writes weights into the parameters of their paths, which are in this store or scope. */
  load(store: Pick<ParameterStore, "write">, weights: Iterable<TransformerWeight>): void {
    for (const { path, values } of weights) store.write(this.#at(path), values);
  }

  /**
   * Computes the states of sentences. A position is counted from the start of its sentence, and the
   * sentence type is 0. Outside training, working space is free again after each half of a layer.
   *
   * @param pieces numbers of the pieces of all sentences, those around a sentence included, [ΣP]
   * @param offsets where each sentence starts, and where the last one ends
   * @returns one matrix [ΣP, W] for each stage that is asked for
   * @throws {ShapeError} if a piece is not in the table, or a sentence is longer than the limit
   */
  forward(tape: Tape, pieces: Int32Array, offsets: Int32Array, options: ForwardOptions = {}): Matrix[] {
    const { layers: count } = this.shape;
    const { layers = Array.from({ length: count + 1 }, (_, stage) => stage), rate = 0 } = options;
    const highest = Math.max(-1, ...layers);
    if (layers.some((stage) => !Number.isInteger(stage) || stage < 0) || highest > count) {
      throw new ShapeError(`expected layers from 0 to ${count}, got ${layers.join(", ")}`);
    }
    this.#check(pieces, offsets);
    const states: Matrix[] = [];
    for (let stage = 0; stage <= highest; stage++) {
      const below = states[stage - 1];
      const own = stage < this.#frozen && (tape.recording || tape.training) ? tape.quiet() : tape;
      states.push(below === undefined ? this.#embed(own, pieces, offsets, rate) : this.#layer(own, stage, below, offsets, rate));
    }
    return layers.map((stage) => states[stage] as Matrix);
  }

  /** The normalised sum of the embeddings, [ΣP, W]. */
  #embed(tape: Tape, pieces: Int32Array, offsets: Int32Array, rate: number): Matrix {
    const { types, embeddingWidth, width } = this.shape;
    return shortLived(tape, pieces.length, width, () => {
      const tables: [path: string, ids: Int32Array][] = [
        ["words", pieces],
        ["positions", this.#positions(offsets, pieces.length)],
        ...(types === 0 ? [] : [["types", new Int32Array(pieces.length)] satisfies [string, Int32Array]]),
      ];
      const rows = tables.map(([path, ids]) =>
        tape.apply(operations.embed, [{ table: this.#at(`embedding/${path}/weight`), ids }]),
      ); // [ΣP, E] each
      const normal = this.#normalise(tape, "embedding/norm", tape.apply(operations.sum, rows)); // [ΣP, E]
      const input = tape.apply(operations.dropout, { input: normal, rate }); // [ΣP, E]
      return embeddingWidth === width ? input : this.#linear(tape, "embedding/projection", input); // [ΣP, W]
    });
  }

  #layer(tape: Tape, stage: number, below: Matrix, offsets: Int32Array, rate: number): Matrix {
    const { width, heads, family } = this.shape;
    const at = (part: string): string => `layer-${stage}/${part}`;
    const joined = (part: string, change: Matrix, input: Matrix, rate: number): Matrix => {
      const dropped = tape.apply(operations.dropout, { input: change, rate });
      return this.#normalise(tape, at(part), tape.apply(operations.sum, [dropped, input])); // [ΣP, W]
    };
    const attended = shortLived(tape, below.rows, width, () => {
      const [queries, keys, values] = (["query", "key", "value"] as const).map((part) => this.#linear(tape, at(part), below)) as [
        Matrix,
        Matrix,
        Matrix,
      ]; // [ΣP, W] each
      const seen = tape.apply(operations.selfAttention, { queries, keys, values, offsets, heads, rate }); // [ΣP, W]
      // DistilBERT has no dropout here.
      return joined("attention-norm", this.#linear(tape, at("output"), seen), below, family === "distilbert" ? 0 : rate);
    });
    return shortLived(tape, below.rows, width, () => {
      const inner = tape.apply(operations.gelu, this.#linear(tape, at("inner"), attended)); // [ΣP, inner]
      return joined("output-norm", this.#linear(tape, at("outer"), inner), attended, rate);
    });
  }

  #linear(tape: Tape, path: string, input: Matrix): Matrix {
    return tape.apply(operations.linear, { input, weight: this.#at(`${path}/weight`), bias: this.#at(`${path}/bias`) });
  }

  #normalise(tape: Tape, path: string, input: Matrix): Matrix {
    const { epsilon } = this.shape;
    return tape.apply(operations.layerNorm, {
      input,
      scale: this.#at(`${path}/scale`),
      shift: this.#at(`${path}/shift`),
      epsilon,
    });
  }

  #positions(offsets: Int32Array, count: number): Int32Array {
    const positions = new Int32Array(count);
    for (let s = 0; s + 1 < offsets.length; s++) {
      const start = offsets[s] as number;
      for (let i = start; i < (offsets[s + 1] as number); i++) positions[i] = this.shape.positionOffset + i - start;
    }
    return positions;
  }

  #check(pieces: Int32Array, offsets: Int32Array): void {
    const limit = pieceLimit(this.shape);
    for (let s = 0; s + 1 < offsets.length; s++) {
      const length = (offsets[s + 1] as number) - (offsets[s] as number);
      if (length > limit) throw new ShapeError(`a sentence has ${length} pieces, but the transformer reads at most ${limit}`);
    }
    if ((offsets.at(-1) ?? 0) !== pieces.length) {
      throw new ShapeError(`the sentences end at piece ${offsets.at(-1) ?? 0}, but there are ${pieces.length}`);
    }
    const { vocabulary } = this.shape;
    const unknown = pieces.find((piece) => piece < 0 || piece >= vocabulary);
    if (unknown !== undefined) throw new ShapeError(`piece ${unknown} is not in the table of ${vocabulary}`);
  }

  #at(path: string): Parameter {
    const found = this.#parameters.get(path);
    if (found === undefined) throw new ShapeError(`the transformer has no parameter ${path}`);
    return found;
  }
}

/** 0 for the embeddings, k for layer k. */
function stageOf(path: string): number {
  return path.startsWith("layer-") ? Number.parseInt(path.slice("layer-".length), 10) : 0;
}

/** As in Devlin et al. 2019. */
function firstValues({ path, form }: TransformerParameter): Initialiser {
  return form !== "row" ? normal(0.02) : path.endsWith("/scale") ? ones : zeros;
}

function added(scope: Scope, parameter: TransformerParameter, initial: Initialiser, fixed: boolean): Parameter {
  const { path, rows, columns, form } = parameter;
  const [name = "", ...above] = path.split("/").reverse();
  const place = above.reverse().reduce((at, part) => at.child(part), scope);
  if (fixed) return place.fixed(name, rows, columns, initial);
  return form === "table" ? place.table(name, rows, columns, initial) : place.dense(name, rows, columns, initial);
}

/**
 * What `compute` returns, [rows, columns]. If nothing is recorded, everything else that it
 * allocated is free again.
 */
function shortLived(tape: Tape, rows: number, columns: number, compute: () => Matrix): Matrix {
  if (tape.recording) return compute();
  const kept = tape.matrix(rows, columns);
  const before = tape.arena.mark();
  const { at, stride } = compute();
  tape.heap.u8.copyWithin(kept.at, at, at + rows * stride * 4);
  tape.arena.release(before);
  return kept;
}
