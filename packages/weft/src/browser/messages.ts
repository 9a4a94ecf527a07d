import type { Document, Location } from "@weft-nlp/core";
import type { ModelFiles } from "@weft-nlp/core/inference";

/** Options of an extraction, as `weft-nlp` takes them on Node too. */
export interface ExtractOptions {
  /** The minimum probability of a relation, 0 to 1; defaults to the model's own. */
  readonly threshold?: number | undefined;
  /** The minimum confidence of entities and relations, 0 to 1; defaults to 0, which keeps all. */
  readonly minConfidence?: number | undefined;
}

/** What a model is and finds. */
export interface ModelFacts {
  /** The kind of model, such as `rin`. */
  readonly kind: string;
  readonly entityTypes: readonly string[];
  readonly relationTypes: readonly string[];
  /** The build of the kernels that computes here. */
  readonly kernels: string;
}

/** What the page sends to its worker. */
export type Asked =
  | { readonly kind: "open"; readonly source: string; readonly files: ModelFiles }
  | { readonly kind: "extract"; readonly id: number; readonly texts: readonly string[]; readonly options: ExtractOptions };

/** What the worker answers. `failed` without `id` is about the opening. */
export type Answered =
  | { readonly kind: "opened"; readonly facts: ModelFacts }
  | { readonly kind: "found"; readonly id: number; readonly documents: readonly Document[] }
  | { readonly kind: "failed"; readonly id?: number; readonly error: PostedError };

/** An error as it crosses threads; `code` is absent if Weft did not throw it on purpose. */
export interface PostedError {
  readonly code?: string;
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
}
