import type { Initialiser, Parameter, ParameterStore } from "@weft-nlp/tensor";
import type { FineTuning, FrozenNetwork, FrozenReference, TrainedNetwork } from "./frozen-network.ts";

/**
 * A path in the tree of parameter names, such as `rin/encoder/forward`, to add parameters under.
 */
export class Scope {
  readonly #store: ParameterStore;
  readonly #path: string;
  /** The pretrained networks that parts of the model may read. */
  readonly frozen: FrozenSource | undefined;

  constructor(store: ParameterStore, path = "", frozen?: FrozenSource) {
    this.#store = store;
    this.#path = path;
    this.frozen = frozen;
  }

  /** The beginning of the names of all parameters that are added here or further down. */
  get prefix(): string {
    return `${this.#path}/`;
  }

  /** The scope one level down. */
  child(name: string): Scope {
    return new Scope(this.#store, this.#path === "" ? name : `${this.#path}/${name}`, this.frozen);
  }

  /**
   * Adds a matrix [rows, columns] that every batch uses in full.
   *
   * @param blocks blocks of columns next to each other, such as the gates of a recurrent cell
   */
  dense(name: string, rows: number, columns: number, initialise: Initialiser, blocks = 1): Parameter {
    return this.#store.add(`${this.#path}/${name}`, rows, columns, initialise, { blocks });
  }

  /** Sets the values of a parameter, given without padding, row by row. */
  write(parameter: Parameter, values: ArrayLike<number>): void {
    this.#store.write(parameter, values);
  }

  /** Adds a matrix [rows, columns] that training leaves as it is. */
  fixed(name: string, rows: number, columns: number, initialise: Initialiser): Parameter {
    return this.#store.add(`${this.#path}/${name}`, rows, columns, initialise, { kind: "fixed" });
  }

  /** Adds running statistics, [1, columns], which training collects and no optimizer updates. */
  running(name: string, columns: number, initialise: Initialiser): Parameter {
    return this.#store.add(`${this.#path}/${name}`, 1, columns, initialise, { kind: "running" });
  }

  /** Adds an embedding table, [rows, columns], of which a batch uses only some rows. */
  table(name: string, rows: number, columns: number, initialise: Initialiser): Parameter {
    return this.#store.add(`${this.#path}/${name}`, rows, columns, initialise, { kind: "table" });
  }
}

/** Hands pretrained networks to the parts of a model that read them. */
export interface FrozenSource {
  /**
   * @param user the name of the part that reads it
   * @throws {ArchiveError} ENCODER_MISSING if there is none of this name
   */
  use(user: string, reference: FrozenReference): FrozenNetwork;

  /**
   * Adds the parameters of a pretrained network to a model, with its weights.
   *
   * @param scope where the parameters belong
   * @throws {ArchiveError} ENCODER_MISSING if there is none of this name
   * @throws {ConfigError} SETTING_INVALID if it has too few layers
   */
  train(scope: Scope, reference: FrozenReference, tuning: FineTuning): TrainedNetwork;
}
