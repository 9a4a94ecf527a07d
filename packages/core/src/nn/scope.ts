import type { Initialiser, Parameter, ParameterStore } from "@weft-nlp/tensor";

/** A place in the tree of parameter names: `rin/encoder/forward`. */
export class Scope {
  readonly #store: ParameterStore;
  readonly #path: string;

  constructor(store: ParameterStore, path = "") {
    this.#store = store;
    this.#path = path;
  }

  child(name: string): Scope {
    return new Scope(this.#store, this.#path === "" ? name : `${this.#path}/${name}`);
  }

  /**
   * A matrix [rows, columns] that every batch touches; `blocks` names its gates, where it has
   * several side by side.
   */
  dense(name: string, rows: number, columns: number, initialise: Initialiser, blocks = 1): Parameter {
    return this.#store.add(`${this.#path}/${name}`, rows, columns, initialise, { blocks });
  }

  /** Statistics of data [1, columns] that training gathers, and no optimizer moves. */
  running(name: string, columns: number, initialise: Initialiser): Parameter {
    return this.#store.add(`${this.#path}/${name}`, 1, columns, initialise, { kind: "running" });
  }

  /** An embedding table [rows, columns], of which a batch touches single rows. */
  table(name: string, rows: number, columns: number, initialise: Initialiser): Parameter {
    return this.#store.add(`${this.#path}/${name}`, rows, columns, initialise, { kind: "table" });
  }
}
