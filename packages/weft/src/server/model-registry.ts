import { RequestError } from "../errors.ts";
import { didYouMean } from "../files/nearest-name.ts";
import { Extractor } from "../runs/extractor.ts";
import type { ComputeOptions } from "../runs/model-folder.ts";
import type { ModelSource } from "./options.ts";

/** A model that is loaded and answers requests. */
export interface ServedModel extends ModelSource {
  readonly extractor: Extractor;
  readonly loadedAt: Date;
}

/** The models of a server by name. */
export class ModelRegistry {
  readonly #models: Map<string, ServedModel>;

  private constructor(models: Map<string, ServedModel>) {
    this.#models = models;
  }

  /** Loads every model, one after the other, in the order given. */
  static async open(sources: readonly ModelSource[], options: ComputeOptions): Promise<ModelRegistry> {
    const models = new Map<string, ServedModel>();
    for (const { name, folder } of sources) {
      models.set(name, { name, folder, extractor: await Extractor.open(folder, options), loadedAt: new Date() });
    }
    return new ModelRegistry(models);
  }

  /** All of them, in their order; the first one is the default. */
  list(): ServedModel[] {
    return [...this.#models.values()];
  }

  /** @throws {RequestError} MODEL_UNKNOWN */
  get(name: string | undefined): ServedModel {
    const found = name === undefined ? this.list()[0] : this.#models.get(name);
    if (found !== undefined) return found;
    const names = [...this.#models.keys()];
    throw new RequestError("MODEL_UNKNOWN", {
      at: { path: "model" },
      message: "there is no model of this name",
      hint: didYouMean((name ?? "").slice(0, 60), names) ?? `there are ${names.join(", ")}`,
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.list().map(({ extractor }) => extractor.close()));
  }
}
