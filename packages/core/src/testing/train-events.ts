import { type TrainEvent, type TrainInput, train } from "../training/index.ts";

/** All events of a training. */
export async function trainEvents(input: TrainInput): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(input)) events.push(event);
  return events;
}
