import { points } from "../runs/run-words.ts";
import type { TrainState } from "./corrections-api.ts";

/** How far a training is: epoch, F1 on dev, and the time that it still takes at most. */
export function TrainingProgress({ progress }: { readonly progress: TrainState["progress"] }) {
  const { epoch = 0, epochs = null, score = null, best = null, protocol = null, secondsLeft = null } = progress ?? {};
  const parts = [
    epoch === 0 ? "First epoch" : `Epoch ${epoch}${epochs === null ? "" : ` of ${epochs}`} done`,
    score === null
      ? ""
      : `F1 on dev ${points(score)}${best === null ? "" : `, best ${points(best)}`}${protocol === null ? "" : ` (${protocol})`}`,
    secondsLeft === null ? "" : `at most ${timeWords(secondsLeft)} left`,
  ];
  return (
    <div class="row training-progress">
      <progress {...(epoch === 0 ? {} : { max: epochs ?? epoch, value: epoch })} aria-label="Epochs of the training" />
      <span class="quiet">{parts.filter((part) => part !== "").join(" · ")}</span>
    </div>
  );
}

/** Rounded as one would say it: `20 s`, `3 min`, `2 h`. */
function timeWords(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
