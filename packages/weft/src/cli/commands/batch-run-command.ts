import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { computeOptions } from "../shared-options.ts";

export const batchRunCommand = declareCommand({
  name: "batch run",
  group: "Batches",
  summary: "do the shards of a batch that are left",
  details:
    "Starts worker processes, each with the model open and threads of its own. Each shard is committed once: its part, then " +
    "its entry in the manifest. Run it again after a stop or a crash, and it does what is left; run it on several machines " +
    "that share the folder with --shard, or with --queue, which gives each shard to the next worker that is free.\n\n" +
    "A worker that ends or stalls is replaced and its shard retried. After three failures the shard is halved, and its " +
    "halves again, until the record that causes them is found and quarantined.",
  arguments: { folder: { description: "the folder of the batch" } },
  options: {
    threads: computeOptions.threads,
    workers: {
      value: "n",
      description: "worker processes, each with --threads",
      parse: wholeNumber(1, 1024),
      default: 1,
    },
    shard: {
      value: "part",
      description:
        "only the shards of one part of an array of jobs: i/n, from 0/n; or n or auto, with i from JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID",
    },
    queue: {
      value: "url",
      description:
        "share the shards with all machines that run this on the same queue: redis://HOST:6379 or postgres://USER@HOST/DATABASE",
    },
    lease: {
      value: "seconds",
      description: "how long a queue waits for a sign of life before another worker gets a shard",
      parse: wholeNumber(2),
      default: 30,
    },
    model: { value: "model", description: "where the planned model is on this machine", defaultWords: "where it was planned" },
    stallSeconds: {
      value: "n",
      description: "replace a worker that has had no new record for this long",
      parse: wholeNumber(1, 86_400),
      default: 300,
    },
  },
  json: true,
  exitCodes: {
    1: "the batch stopped; what is committed stays, and the same command resumes",
    3: "all shards are done; some of their records could not be read and are quarantined",
  },
  examples: [
    ["weft batch run batch", "on all cores of this machine"],
    ["weft batch run batch --workers 4 --threads 4", "on 16 cores"],
    ["weft batch run batch --shard 3/20", "the fourth of twenty machines that share the folder"],
    ["weft batch run batch --queue redis://queue.example:6379", "one of any number of machines that share the folder"],
    ["weft batch run batch --shard auto", "a task of a Slurm array"],
  ],
});
