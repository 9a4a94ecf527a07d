import type { Document } from "@weft-nlp/core";
import type { ModelFiles } from "@weft-nlp/core/inference";
import type { GivenEntity } from "../marked-entities.ts";
import type { ModelEntry } from "../run-extraction.ts";

/** What the page asks of its worker. */
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
 * One answer for every question but `cancel`; an error crosses over as what people are told of it.
 */
export type FromWorker =
  | { readonly kind: "opened"; readonly id: number; readonly entry: ModelEntry }
  | { readonly kind: "found"; readonly id: number; readonly document: Document }
  | { readonly kind: "failed"; readonly id: number; readonly message: string; readonly code?: string; readonly hint?: string };
