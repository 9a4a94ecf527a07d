import { declareCommand } from "../declaration.ts";

export const watchCommand = declareCommand({
  name: "watch",
  group: "Models",
  summary: "show the curves of a run while it trains",
  details:
    "Follows the events that the training writes twice a second: loss by step, gradient and dev score. Ends when the run is done. " +
    "Ctrl-C ends it too, and the training continues. In a pipe each epoch is a line; with --json each event is one.",
  arguments: { run: { description: "a run's folder" } },
  options: { once: { description: "show the current state and exit" } },
  json: true,
  examples: [
    ["weft watch runs/mine", "until the run is done"],
    ["weft watch runs/mine --once", "the current state"],
  ],
});
