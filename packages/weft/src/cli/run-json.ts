import { loggedForm, type RunEvent } from "@weft-nlp/node/runs";

/** An event of a run as a program reads it. */
export function jsonEvent(event: RunEvent): unknown {
  if (event.kind === "evaluation" || event.kind === "step") return loggedForm(event);
  // When files are written depends on the clock.
  if (event.kind === "checkpoint" || event.kind === "saved") return undefined;
  return "model" in event ? { ...event, model: undefined } : event;
}
