import { modelIdentity } from "@weft-nlp/node/extractor";
import type { ServedModel } from "../extraction/model-registry.ts";

/**
 * Names a model by its own name and the beginning of its digest: the name stays through a restart,
 * and changes when other weights are loaded.
 */
export class VersionNames {
  readonly #known = new WeakMap<ServedModel, Promise<string>>();

  async of(served: ServedModel): Promise<string> {
    const known = this.#known.get(served);
    if (known !== undefined) return known;
    const naming = modelIdentity(served.folder, served.name).then(({ digest }) => `${served.name}-${digest.slice(7, 19)}`);
    this.#known.set(served, naming);
    // A folder that is being rewritten can be read a moment later.
    naming.catch(() => this.#known.delete(served));
    return naming;
  }
}
