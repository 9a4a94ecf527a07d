import type { ParameterStore } from "@weft-nlp/tensor";
import type { StoredTensor } from "../archive/index.ts";
import { ArchiveError } from "../errors.ts";

/** The weights of a model by parameter name. */
export type Weights = ReadonlyMap<string, StoredTensor>;

/** Copies all parameters out of a store, each [rows, columns]. */
export function readWeights(store: ParameterStore): Map<string, StoredTensor> {
  return new Map(store.layout.map((item) => [item.name, { shape: [item.rows, item.columns], values: store.read(item) }]));
}

/**
 * Writes weights into all parameters of a store. Weights that the store has no parameter for are
 * ignored.
 *
 * @param source where the weights come from, for error messages
 * @param optional prefixes of names: the parameters below one keep what they are if none is given
 * @throws {ArchiveError} ARCHIVE_INVALID if a parameter is missing or has another shape
 */
export function writeWeights(store: ParameterStore, weights: Weights, source: string, optional: readonly string[] = []): void {
  const names = [...weights.keys()];
  const absent = optional.filter((prefix) => !names.some((name) => name.startsWith(prefix)));
  for (const parameter of store.layout) {
    if (absent.some((prefix) => parameter.name.startsWith(prefix))) continue;
    const stored = weights.get(parameter.name);
    const expected = `${parameter.rows} × ${parameter.columns}`;
    if (stored === undefined || stored.shape.join(" × ") !== expected) {
      throw new ArchiveError("ARCHIVE_INVALID", {
        at: { source, path: parameter.name },
        message:
          stored === undefined
            ? `the file lacks this parameter; the model needs it as ${expected}`
            : `the parameter is ${stored.shape.join(" × ")}, but the model needs ${expected}`,
        hint: "the weights belong to a model with other settings or another vocabulary",
      });
    }
    store.write(parameter, stored.values);
  }
}
