import type { ProjectEntry } from "./corrections-api.ts";
import { TrainPanel } from "./train-panel.tsx";

/** What to do once every sentence is done. */
export function Finished({ opened: { name, sentences, done }, training }: FinishedProps) {
  return (
    <section class="panel finished" aria-label="Finished">
      <p>
        <strong>Finished.</strong> {sentences === 1 ? "The sentence is" : `All ${sentences} sentences are`} done.{" "}
        {training
          ? "Train now, and the next model knows what you corrected."
          : "Export them, or restart the server with --allow-training to train on them here."}
      </p>
      {training ? <TrainPanel name={name} done={done} /> : null}
    </section>
  );
}

interface FinishedProps {
  readonly opened: ProjectEntry;
  readonly training: boolean;
}
