import { declareCommand } from "../declaration.ts";

export const batchVerifyCommand = declareCommand({
  name: "batch verify",
  group: "Batches",
  summary: "hash the parts of a batch again and compare them with its manifest",
  arguments: { folder: { description: "the folder of the batch" } },
  options: {
    repair: { description: "remove what is damaged, so that the next weft batch run does it again" },
  },
  json: true,
  exitCodes: { 1: "files of shards are missing or have changed" },
  examples: [
    ["weft batch verify batch", "every file of every shard that is done"],
    ["weft batch verify batch --repair", "and remove what is damaged"],
  ],
});
