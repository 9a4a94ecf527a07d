import { join } from "node:path";
import type { LoggedEvent } from "@weft-nlp/node/runs";
import { eventOf, GrowingFile } from "@weft-nlp/node/runs";

export type LoggedEvaluation = Extract<LoggedEvent, { kind: "evaluation" }>;

/**
 * The parts of a run's log that a list of runs shows. Each read covers only what was added since
 * the last.
 */
export class RunLog {
  readonly #file: GrowingFile;
  #epoch = 0;
  #last: LoggedEvaluation | undefined;
  #best = new Map<string | undefined, LoggedEvaluation>();

  constructor(folder: string) {
    this.#file = new GrowingFile(join(folder, "events.jsonl"));
  }

  /**
   * The last logged epoch, the best evaluation (for a model in parts, that of its last part) and
   * the last one.
   */
  async look(): Promise<{
    readonly epoch: number;
    readonly best: LoggedEvaluation | undefined;
    readonly last: LoggedEvaluation | undefined;
  }> {
    const { lines, restarted } = await this.#file.read();
    if (restarted) {
      this.#epoch = 0;
      this.#last = undefined;
      this.#best = new Map();
    }
    for (const event of lines.flatMap(eventOf)) {
      this.#epoch = event.epoch;
      if (event.kind !== "evaluation") continue;
      const { part } = event;
      this.#last = event;
      // Parts are trained one after the other, so the part evaluated last comes last.
      const best = event.improved ? event : this.#best.get(part);
      this.#best.delete(part);
      if (best !== undefined) this.#best.set(part, best);
    }
    return { epoch: this.#epoch, best: [...this.#best.values()].at(-1), last: this.#last };
  }
}
