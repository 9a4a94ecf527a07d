import { loggedForm, type RunEvent } from "@weft-nlp/node/runs";

/** An event of a run as a program reads it. */
export function jsonEvent(event: RunEvent): unknown {
  if (event.kind === "evaluation" || event.kind === "step") return loggedForm(event);
  if (event.kind === "checkpoint") return undefined;
  return "model" in event ? { ...event, model: undefined } : event;
}
