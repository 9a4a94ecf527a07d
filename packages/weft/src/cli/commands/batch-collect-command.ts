import { declareCommand } from "../declaration.ts";

export const batchCollectCommand = declareCommand({
  name: "batch collect",
  group: "Batches",
  summary: "join the parts of a batch into one file",
  details:
    "The file has the bytes that weft extract writes for the same inputs with the same options. Every part is checked against the " +
    "manifest on the way.",
  arguments: { folder: { description: "the folder of the batch" } },
  options: {
    out: { short: "o", value: "file", description: "the joined file, compressed for .gz", required: true },
    quarantine: { value: "file", description: "join the records that could not be read here" },
  },
  json: true,
  examples: [["weft batch collect batch --out found.jsonl --quarantine bad.jsonl", ""]],
});
