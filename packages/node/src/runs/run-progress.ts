import type { LoggedEvent } from "./event-log.ts";

/** The means and the score of one epoch. */
export interface EpochProgress extends Pick<LoggedEvent, "part"> {
  readonly epoch: number;
  /** Mean over the sentences seen. */
  readonly loss: number;
  /** Mean over the steps, before clipping. */
  readonly gradNorm: number;
  /** The risk's gradient as a share of that of the model's own losses, at the first step. */
  readonly riskRatio?: number | undefined;
  readonly step: number;
  /** F1 on dev, if the epoch ended with an evaluation. */
  readonly score?: number | undefined;
  /** F1 of the entities on dev, next to that of relations. */
  readonly entities?: number | undefined;
}

/** The max number of points in a curve: more than a terminal can draw. */
const maxPoints = 400;

/** The loss by step, averaged over stretches of steps to keep the curve short. */
class LossCurve {
  #points: { step: number; loss: number; sentences: number; steps: number }[] = [];
  #stepsEach = 1;

  add({ step, loss, sentences }: { readonly step: number; readonly loss: number; readonly sentences: number }): void {
    const last = this.#points.at(-1);
    if (last !== undefined && last.steps < this.#stepsEach) {
      this.#points[this.#points.length - 1] = joined(last, { step, loss, sentences, steps: 1 });
      return;
    }
    this.#points.push({ step, loss, sentences, steps: 1 });
    if (this.#points.length < maxPoints) return;
    const points = this.#points;
    this.#points = points.flatMap((point, index) => {
      if (index % 2 === 1) return [];
      const next = points[index + 1];
      return [next === undefined ? point : joined(point, next)];
    });
    this.#stepsEach *= 2;
  }

  /** The last step of each stretch, with the stretch's mean over sentences. */
  get points(): (readonly [step: number, loss: number])[] {
    return this.#points.map(({ step, loss }) => [step, loss]);
  }
}

type Stretch = { readonly step: number; readonly loss: number; readonly sentences: number; readonly steps: number };

function joined(a: Stretch, b: Stretch): Stretch {
  const sentences = a.sentences + b.sentences;
  return { step: b.step, loss: (a.loss * a.sentences + b.loss * b.sentences) / sentences, sentences, steps: a.steps + b.steps };
}

/** The course of a run by epoch and step, built up from its events. */
export class RunProgress {
  readonly #epochs = new Map<
    string,
    Pick<EpochProgress, "part" | "epoch"> & {
      loss: number;
      sentences: number;
      norms: number;
      riskRatio?: number;
      steps: number;
      step: number;
      score?: number;
      entities?: number | undefined;
    }
  >();
  /**
   * The part of the model that is being trained, if it has parts. Epochs start again with each
   * part.
   */
  part: LoggedEvent["part"];
  /** The protocol of the evaluations. */
  protocol: string | undefined;
  /** Of the part. */
  best: { readonly epoch: number; readonly score: number; readonly entities?: number | undefined } | undefined;
  step = 0;
  /** Of the part. */
  #curve = new LossCurve();

  add(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const { part } = event;
      if (part !== this.part) {
        [this.part, this.best, this.protocol] = [part, undefined, undefined];
        this.#curve = new LossCurve();
      }
      const place = `${part ?? ""} ${event.epoch}`;
      const none = { loss: 0, sentences: 0, norms: 0, steps: 0, step: 0 };
      const epoch = this.#epochs.get(place) ?? { part, epoch: event.epoch, ...none };
      this.#epochs.set(place, epoch);
      this.step = Math.max(this.step, event.step);
      epoch.step = event.step;
      if (event.kind === "step") {
        this.#curve.add(event);
        epoch.loss += event.loss * event.sentences;
        epoch.sentences += event.sentences;
        epoch.norms += event.gradNorm;
        if (event.riskRatio !== undefined) epoch.riskRatio = event.riskRatio;
        epoch.steps++;
      } else {
        [epoch.score, epoch.entities] = [event.score, event.entities];
        this.protocol = event.protocol;
        if (event.improved) this.best = { epoch: event.epoch, score: event.score, entities: event.entities };
      }
    }
  }

  /**
   * The mean loss over the sentences of each stretch, at its last step; in short trainings a
   * stretch is one step.
   */
  get losses(): readonly (readonly [step: number, loss: number])[] {
    return this.#curve.points;
  }

  /** In their order. */
  get epochs(): EpochProgress[] {
    return [...this.#epochs.values()].map(({ part, epoch, loss, sentences, norms, riskRatio, steps, step, score, entities }) => ({
      ...(part === undefined ? {} : { part }),
      epoch,
      loss: loss / sentences,
      gradNorm: norms / steps,
      ...(riskRatio === undefined ? {} : { riskRatio }),
      step,
      score,
      ...(entities === undefined ? {} : { entities }),
    }));
  }
}
