import { type ModelFiles, packModel } from "@weft-nlp/core/inference";
import type { DevScore, EvaluationEvent, TrainEvent } from "@weft-nlp/core/training";
import { saveModelFiles } from "../extractor/model-folder.ts";
import { unfinishedCard } from "./model-card.ts";

/** The model of the best epoch so far was written, so that it can be used before the run ends. */
export interface SavedEvent extends DevScore {
  readonly kind: "saved";
  readonly epoch: number;
}

/** Keeps the model of the best epoch of a training under way, and writes it into a folder. */
export class BestSoFar {
  readonly #folder: string;
  #unsaved: { readonly files: ModelFiles; readonly card: string; readonly event: SavedEvent } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the present model. Call it while the training waits at this event. */
  keep({ epoch, score, entities, current }: EvaluationEvent): void {
    const built = current();
    const scored = { score, ...(entities === undefined ? {} : { entities }) };
    this.#unsaved = {
      files: packModel(built),
      card: unfinishedCard(built, scored, epoch),
      event: { kind: "saved", epoch, ...scored },
    };
  }

  /** Writes what `keep` kept. @returns nothing if it is written already */
  async save(): Promise<SavedEvent | undefined> {
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return undefined;
    await saveModelFiles(unsaved.files, this.#folder, unsaved.card);
    this.#unsaved = undefined;
    return unsaved.event;
  }

  /** The same events; a training that is stopped or fails leaves its best model in the folder. */
  async *saveIfStopped(events: AsyncIterable<TrainEvent>): AsyncGenerator<TrainEvent, void, void> {
    let ended = false;
    try {
      for await (const event of events) {
        ended = event.kind === "end";
        yield event;
      }
    } finally {
      // A full disk must not hide why the training stopped.
      if (!ended) await this.save().catch(() => undefined);
    }
  }
}
