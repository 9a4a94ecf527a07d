import { type TrainingWorkerEvent, workOnTrainings } from "@weft-nlp/batch/trainings";
import { points } from "@weft-nlp/node/experiments";
import type { CommandContext, Handler } from "../command.ts";
import type { workerCommand } from "../commands/worker-command.ts";
import { describeFailure } from "../failure.ts";

export const run: Handler<typeof workerCommand> = async (
  { terminal, signal }: CommandContext,
  { queue, jobs, threads, untilEmpty, lease },
) => {
  const onEvent = (event: TrainingWorkerEvent): void => {
    if (!terminal.json) terminal.say(wordsOf(event));
    else if (event.kind === "failed") void terminal.print(JSON.stringify({ ...event, error: describeFailure(event.error) }));
    else void terminal.print(JSON.stringify(event));
  };
  await workOnTrainings({ url: queue, jobs, threads, untilEmpty, leaseMs: lease * 1000, onEvent }, signal);
};

function wordsOf(event: TrainingWorkerEvent): string {
  if (event.kind === "note") return event.text;
  if (event.kind === "ready") return `waiting for trainings on ${event.queue}; Ctrl-C to stop`;
  if (event.kind === "taken") {
    return event.lost === 0
      ? `${event.run} in ${event.folder}`
      : `${event.run} in ${event.folder}: its worker was lost, so it continues here`;
  }
  if (event.kind === "failed") {
    const { message, code } = describeFailure(event.error);
    return `${event.run} failed: ${message} (${code})`;
  }
  const { best } = event.outcome;
  return best === null
    ? `${event.run} done`
    : `${event.run} done: ${best.protocol} F1 ${points(best.score)} on dev in epoch ${best.epoch}`;
}
