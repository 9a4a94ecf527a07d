import { declareCommand } from "../declaration.ts";

export const batchStatusCommand = declareCommand({
  name: "batch status",
  group: "Batches",
  summary: "show how far a batch has got",
  details: "Reads the plan and the manifest, and can run at the same time as the workers, on any machine that has the folder.",
  arguments: { folder: { description: "the folder of the batch" } },
  options: {
    watch: { description: "look again every two seconds until all shards are done" },
  },
  json: true,
  examples: [
    ["weft batch status batch", "shards, speed, time left, retries and quarantined records"],
    ["weft batch status batch --watch", "until it is done"],
    ["weft batch status batch --json", "for a program"],
  ],
});
