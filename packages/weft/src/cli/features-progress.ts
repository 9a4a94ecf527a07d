import type { FeaturesEvent } from "@weft-nlp/core/training";
import type { ProgressBar } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";
import { count, size, whole } from "./words.ts";

/** Shows how a pretrained encoder reads the sentences before the first step of a training. */
export class FeaturesProgress {
  readonly #terminal: Terminal;
  #bar: ProgressBar | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** @returns whether all sentences are done */
  update(event: FeaturesEvent): boolean {
    const { done, total, left } = event;
    if (done < total && left === 0) {
      this.#bar ??= this.#terminal.progress("reading with the encoder", total);
      this.#bar.update(done);
      return false;
    }
    this.stop();
    this.#sayEnd(event);
    return true;
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #sayEnd({ total, kept, bytes, left, problem }: FeaturesEvent): void {
    const known = kept === 0 ? "" : `, ${whole(kept)} from the cache`;
    this.#terminal.say(`${count(total - left, "different sentence")} read with the encoder${known}: ${size(bytes)} in memory`);
    if (left > 0) {
      this.#terminal.say(
        `warning: ${count(left, "sentence")} more do not fit into half of the memory and are read in every epoch; ` +
          "model.inputs.encoder.layers: last takes less",
      );
    }
    if (problem !== undefined) this.#terminal.say(`warning: this is not kept for later trainings: ${problem}`);
  }
}
