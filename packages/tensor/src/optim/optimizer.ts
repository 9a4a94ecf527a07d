import { ShapeError } from "../errors.ts";
import type { Address, Kernels } from "../kernels/kernels.ts";
import type { Engine } from "../tensor/engine.ts";
import { type Parameter, type ParameterStore, pad, unpad } from "../tensor/parameter-store.ts";
import { type Gradients, squaresOf } from "./gradients.ts";

/** Settings of the update rules; the defaults are those of the papers that introduced them. */
export type OptimizerSettings =
  | {
      readonly name: "adamw";
      readonly rate: number;
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly decay?: number;
    }
  | { readonly name: "adam"; readonly rate: number; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | { readonly name: "adadelta"; readonly rate: number; readonly rho?: number; readonly epsilon?: number }
  | { readonly name: "rmsprop"; readonly rate: number; readonly rho?: number; readonly epsilon?: number }
  | { readonly name: "sgd"; readonly rate: number };

/** Options of one update. */
export interface UpdateOptions {
  /** The maximum global norm: a longer gradient is scaled down to it. Defaults to none. */
  readonly maxNorm?: number | undefined;
  /** Factor of the learning rate in this step, from a schedule; defaults to 1. */
  readonly rateFactor?: number | undefined;
}

/** Options of an optimiser that apply to every update rule. */
export interface OptimizerOptions {
  /**
   * How embedding tables are updated; defaults to `lazy`. `lazy` updates only the rows in the
   * batch: other rows keep their values and running means, so the cost of a step depends on its
   * batch and not on the vocabulary. `dense` updates every row, as PyTorch's Adam does.
   */
  readonly tables?: "lazy" | "dense" | undefined;
  /**
   * The beginnings of the names of tables that are updated lazily even if `tables` is `dense`.
   * Defaults to none.
   */
  readonly lazyTables?: readonly string[] | undefined;
  /** Parameters with settings of their own; the first group that names one counts. */
  readonly groups?: readonly ParameterGroup[] | undefined;
}

/** Settings for all parameters whose names begin so. */
export interface ParameterGroup {
  /** The beginning of their names: `encoder/` for all parameters of an encoder. */
  readonly parameters: string;
  /** Their learning rate; defaults to that of the optimiser. */
  readonly rate?: number | undefined;
  /** Their weight decay; defaults to that of the optimiser, and has no effect without `adamw`. */
  readonly decay?: number | undefined;
}

/** Updates one slice: n floats of weights, from their gradient and their running means. */
type Rule = (kernels: Kernels, n: number, w: Address, g: Address, means: readonly [Address, Address], step: Step) => void;

interface Step {
  readonly count: number;
  /** The rate of the slice's own group in this step. */
  readonly rate: number;
  /** The share of a weight that decays at a rate of 1. */
  readonly decay: number;
  readonly clip: number;
}

/** What applies to one parameter. */
interface Own {
  readonly rate: number;
  readonly decay: number;
}

/** Updates parameters from their gradient. Its state is in the same linear memory as they are. */
export class Optimizer {
  readonly settings: OptimizerSettings;
  readonly #engine: Engine;
  readonly #store: ParameterStore;
  readonly #isLazy: (parameter: Parameter) => boolean;
  readonly #means = new Map<string, readonly [Address, Address]>();
  readonly #own = new Map<string, Own>();
  readonly #rule: Rule;
  #steps = 0;
  #wholeTable: Address = 0;

  constructor(engine: Engine, store: ParameterStore, settings: OptimizerSettings, options: OptimizerOptions = {}) {
    this.settings = settings;
    this.#engine = engine;
    this.#store = store;
    const { tables = "lazy", lazyTables = [] } = options;
    this.#isLazy = ({ name }) => tables === "lazy" || lazyTables.some((beginning) => name.startsWith(beginning));
    this.#rule = ruleOf(settings);
    for (const parameter of store.layout) {
      if (parameter.kind === "running" || parameter.kind === "fixed") continue;
      const bytes = parameter.rows * parameter.stride * 4;
      this.#own.set(parameter.name, ownOf(parameter, settings, options.groups ?? []));
      const kept = settings.name === "sgd" ? 0 : settings.name === "rmsprop" ? 1 : 2;
      this.#means.set(parameter.name, [kept > 0 ? engine.heap.allocate(bytes) : 0, kept > 1 ? engine.heap.allocate(bytes) : 0]);
    }
  }

  /** How many updates it has made. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Updates every weight once. Running statistics do not change.
   *
   * @returns the global norm of the gradient before clipping; if it is not finite, nothing was
   *   changed
   */
  update(gradients: Gradients, options: UpdateOptions = {}): number {
    const { kernels } = this.#engine;
    const norm = Math.sqrt(squaresOf(this.#engine, this.#store, gradients));
    if (!Number.isFinite(norm)) return norm;
    this.#steps++;
    this.#engine.heap.countWeightChange();
    const { maxNorm = Infinity, rateFactor = 1 } = options;
    const clip = norm > maxNorm ? maxNorm / norm : 1;
    const stepOf = ({ name }: Parameter): Step => {
      const { rate, decay } = this.#own.get(name) as Own;
      return { count: this.#steps, rate: rate * rateFactor, decay, clip };
    };
    for (const parameter of this.#store.layout) {
      if (parameter.kind !== "dense") continue;
      const size = parameter.rows * parameter.stride;
      this.#rule(kernels, size, parameter.at, gradients.dense + parameter.slice * 4, this.#meansOf(parameter), stepOf(parameter));
    }
    for (const { parameter, ids, at } of gradients.tables) {
      if (this.#isLazy(parameter)) this.#updateRows(parameter, ids, at, stepOf(parameter));
    }
    this.#updateTables(gradients, stepOf);
    return norm;
  }

  /**
   * Returns the state to keep in a checkpoint: the step count, and the running means by parameter
   * name, without padding.
   */
  saveState(): { steps: number; means: Map<string, Float32Array[]> } {
    const means = new Map<string, Float32Array[]>();
    for (const parameter of this.#store.layout) {
      const kept = this.#meansOf(parameter).filter((at) => at !== 0);
      means.set(
        parameter.name,
        kept.map((at) => unpad(this.#engine.heap, at, parameter)),
      );
    }
    return { steps: this.#steps, means };
  }

  /**
   * Restores what `saveState` returned. Parameters that the state does not name keep their means.
   *
   * @throws {ShapeError} if the state belongs to another rule or to parameters of other shapes;
   *   then nothing is changed
   */
  restoreState(state: { steps: number; means: ReadonlyMap<string, readonly Float32Array[]> }): void {
    for (const parameter of this.#store.layout) {
      const { name, rows, columns } = parameter;
      const means = state.means.get(name);
      const kept = this.#meansOf(parameter).filter((at) => at !== 0).length;
      if (means !== undefined && (means.length !== kept || means.some((values) => values.length !== rows * columns))) {
        throw new ShapeError(`${this.settings.name} keeps ${kept} times ${rows} × ${columns} running means of ${name}`);
      }
    }
    this.#steps = state.steps;
    for (const parameter of this.#store.layout) {
      for (const [k, values] of (state.means.get(parameter.name) ?? []).entries()) {
        pad(this.#engine.heap, this.#meansOf(parameter)[k] ?? 0, parameter, values);
      }
    }
  }

  #meansOf(parameter: Parameter): readonly [Address, Address] {
    return this.#means.get(parameter.name) ?? [0, 0];
  }

  #updateRows(parameter: Parameter, ids: Int32Array, at: Address, step: Step): void {
    const [first, second] = this.#meansOf(parameter);
    const rowBytes = parameter.stride * 4;
    for (const [k, id] of ids.entries()) {
      const offset = id * rowBytes;
      const means = [first === 0 ? 0 : first + offset, second === 0 ? 0 : second + offset] as const;
      this.#rule(this.#engine.kernels, parameter.stride, parameter.at + offset, at + k * rowBytes, means, step);
    }
  }

  /** A dense table that the batch does not use has the gradient zero, but is updated too. */
  #updateTables({ tables }: Gradients, stepOf: (parameter: Parameter) => Step): void {
    for (const parameter of this.#store.layout) {
      if (parameter.kind !== "table" || this.#isLazy(parameter)) continue;
      const touched = tables.find((table) => table.parameter.name === parameter.name);
      this.#updateWholeTable(parameter, touched?.ids ?? new Int32Array(0), touched?.at ?? 0, stepOf(parameter));
    }
  }

  #updateWholeTable(parameter: Parameter, ids: Int32Array, at: Address, step: Step): void {
    const { heap, kernels } = this.#engine;
    const size = parameter.rows * parameter.stride;
    if (this.#wholeTable === 0) {
      const dense = this.#store.layout.filter((each) => each.kind === "table" && !this.#isLazy(each));
      const largest = Math.max(...dense.map((each) => each.rows * each.stride));
      this.#wholeTable = heap.allocate(largest * 4);
    }
    heap.clear(this.#wholeTable, size * 4);
    for (const [k, id] of ids.entries()) {
      const from = at + k * parameter.stride * 4;
      heap.u8.copyWithin(this.#wholeTable + id * parameter.stride * 4, from, from + parameter.stride * 4);
    }
    this.#rule(kernels, size, parameter.at, this.#wholeTable, this.#meansOf(parameter), step);
  }
}

/**
 * The settings of a parameter's group. Only matrices and tables decay: biases and the scales of
 * normalisations are rows, and do not, as in Devlin et al. 2019.
 */
function ownOf({ name, rows }: Parameter, settings: OptimizerSettings, groups: readonly ParameterGroup[]): Own {
  const group = groups.find(({ parameters }) => name.startsWith(parameters));
  const decay = settings.name === "adamw" ? (group?.decay ?? settings.decay ?? 0.01) : 0;
  return { rate: group?.rate ?? settings.rate, decay: rows > 1 ? decay : 0 };
}

function ruleOf(settings: OptimizerSettings): Rule {
  switch (settings.name) {
    case "adam": {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
      return (kernels, n, w, g, [mean, square], { count, rate, clip }) => {
        const correction = Math.sqrt(1 - beta2 ** count);
        const scaled = (rate * correction) / (1 - beta1 ** count);
        kernels.adam({ n, w, g, m: mean, v: square, rate: scaled, beta1, beta2, epsilon: epsilon * correction, clip });
      };
    }
    case "adamw": {
      const adam = ruleOf({ ...settings, name: "adam" });
      return (kernels, n, w, g, means, step) => {
        if (step.decay > 0) kernels.scale({ n, factor: 1 - step.rate * step.decay, y: w });
        adam(kernels, n, w, g, means, step);
      };
    }
    case "adadelta": {
      const { rho = 0.9, epsilon = 1e-6 } = settings;
      return (kernels, n, w, g, [square, moved], { rate, clip }) =>
        kernels.adadelta({ n, w, g, square, moved, rate, rho, epsilon, clip });
    }
    case "rmsprop": {
      const { rho = 0.99, epsilon = 1e-8 } = settings;
      return (kernels, n, w, g, [square], { rate, clip }) => kernels.rmsprop({ n, w, g, square, rate, rho, epsilon, clip });
    }
    case "sgd":
      return (kernels, n, w, g, _means, { rate, clip }) => kernels.addScaled({ n, factor: -rate * clip, x: g, y: w });
  }
}
