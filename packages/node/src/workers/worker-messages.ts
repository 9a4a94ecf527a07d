import type { Example } from "@weft-nlp/core/encoders";
import type { SharedModel } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import type { PredictOptions } from "@weft-nlp/core/models";
import type { ChunkResult, ChunkTask } from "@weft-nlp/core/training";
import type { Address } from "@weft-nlp/tensor";
import type { SentError } from "./sent-error.ts";

/** The data passed to a worker thread when it starts. */
export interface WorkerStart {
  readonly model: SharedModel;
  /** The plugins of the thread that starts it, by URL. */
  readonly plugins: readonly string[];
  /** What the thread allocates in the memory of the model; see `Heap.openHoldings`. */
  readonly holdings: Address;
}

export type WorkerRequest =
  | { readonly id: number; readonly kind: "gradient"; readonly task: ChunkTask }
  | { readonly id: number; readonly kind: "predict"; readonly examples: readonly Example[]; readonly options: PredictOptions }
  | {
      readonly id: number;
      readonly kind: "features";
      readonly part: string;
      readonly sentences: readonly (readonly string[])[];
    };

export type WorkerReply =
  | { readonly id: number; readonly kind: "gradient"; readonly result: ChunkResult }
  | { readonly id: number; readonly kind: "predict"; readonly result: readonly Prediction[] }
  | { readonly id: number; readonly kind: "features"; readonly result: readonly Uint16Array[] }
  | { readonly id: number; readonly kind: "failure"; readonly error: SentError };
