import type { Document } from "@weft-nlp/core";
import type { ModelFiles } from "@weft-nlp/core/inference";
import type { GivenEntity } from "../marked-entities.ts";
import type { ModelEntry } from "../run-extraction.ts";

/** Messages from the page to its worker. */
export type ToWorker =
  | { readonly kind: "open"; readonly id: number; readonly name: string; readonly files: ModelFiles }
  | {
      readonly kind: "extract";
      readonly id: number;
      readonly text: string;
      readonly threshold: number;
      readonly given: readonly GivenEntity[];
    }
  | { readonly kind: "cancel"; readonly id: number };

/**
 * Messages from the worker: one for every request except `cancel`. An error is sent as its
 * user-facing text.
 */
export type FromWorker =
  | { readonly kind: "opened"; readonly id: number; readonly entry: ModelEntry }
  | { readonly kind: "found"; readonly id: number; readonly document: Document }
  | { readonly kind: "failed"; readonly id: number; readonly message: string; readonly code?: string; readonly hint?: string };
