import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { computeOptions } from "../shared-options.ts";

export const batchReduceCommand = declareCommand({
  name: "batch reduce",
  group: "Batches",
  summary: "add up the triples of a batch into one data set",
  details:
    "Writes a folder of Parquet files, one for each bucket of the plan, with a row for each different triple: head, " +
    "relation, tail, count, best and mean confidence, and the ids of the documents where it is most confident. DuckDB, " +
    "Spark and pandas read the folder as one table. Needs the package @duckdb/node-api (npm install @duckdb/node-api). What " +
    "does not fit into --memory is kept on disk, next to --out.",
  arguments: { folder: { description: "the folder of the batch" } },
  options: {
    out: { short: "o", value: "folder", description: "a new folder for the data set", required: true },
    memory: { value: "MiB", description: "max memory of DuckDB", parse: wholeNumber(128), default: 2048 },
    threads: computeOptions.threads,
  },
  json: true,
  examples: [["weft batch reduce batch --out triples", ""]],
});
