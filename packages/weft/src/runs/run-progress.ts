import type { LoggedEvent } from "./event-log.ts";

export interface EpochProgress {
  readonly epoch: number;
  /** Mean over the sentences seen. */
  readonly loss: number;
  /** Mean over the steps, before clipping. */
  readonly gradNorm: number;
  readonly step: number;
  /** F1 on dev, where the epoch ended with an evaluation. */
  readonly score?: number | undefined;
}

/** What the events of a run say about its course, epoch by epoch; grows with the events. */
export class RunProgress {
  readonly #epochs = new Map<
    number,
    { loss: number; sentences: number; norms: number; steps: number; step: number; score?: number }
  >();
  /** Of the evaluations. */
  protocol: string | undefined;
  best: { readonly epoch: number; readonly score: number } | undefined;
  step = 0;

  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const epoch = this.#epochs.get(event.epoch) ?? { loss: 0, sentences: 0, norms: 0, steps: 0, step: 0 };
      this.#epochs.set(event.epoch, epoch);
      this.step = Math.max(this.step, event.step);
      epoch.step = event.step;
      if (event.kind === "step") {
        epoch.loss += event.loss * event.sentences;
        epoch.sentences += event.sentences;
        epoch.norms += event.gradNorm;
        epoch.steps++;
      } else {
        epoch.score = event.score;
        this.protocol = event.protocol;
        if (event.improved) this.best = { epoch: event.epoch, score: event.score };
      }
    }
  }

  /** In their order. */
  get epochs(): EpochProgress[] {
    return [...this.#epochs].map(([epoch, { loss, sentences, norms, steps, step, score }]) => ({
      epoch,
      loss: loss / sentences,
      gradNorm: norms / steps,
      step,
      score,
    }));
  }
}
