import type { LoggedEvent } from "./event-log.ts";

export interface EpochProgress extends Pick<LoggedEvent, "part"> {
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
    string,
    Pick<EpochProgress, "part" | "epoch"> & {
      loss: number;
      sentences: number;
      norms: number;
      steps: number;
      step: number;
      score?: number;
    }
  >();
  /** The part of the model that is being trained, where it has parts. Epochs begin anew with each. */
  part: LoggedEvent["part"];
  /** Of the evaluations. */
  protocol: string | undefined;
  /** Of the part. */
  best: { readonly epoch: number; readonly score: number } | undefined;
  step = 0;

  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const { part } = event;
      if (part !== this.part) [this.part, this.best, this.protocol] = [part, undefined, undefined];
      const place = `${part ?? ""} ${event.epoch}`;
      const none = { loss: 0, sentences: 0, norms: 0, steps: 0, step: 0 };
      const epoch = this.#epochs.get(place) ?? { part, epoch: event.epoch, ...none };
      this.#epochs.set(place, epoch);
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
    return [...this.#epochs.values()].map(({ part, epoch, loss, sentences, norms, steps, step, score }) => ({
      ...(part === undefined ? {} : { part }),
      epoch,
      loss: loss / sentences,
      gradNorm: norms / steps,
      step,
      score,
    }));
  }
}
