import { declareCommand } from "../declaration.ts";
import { wholeNumber } from "../option-values.ts";
import { pluginOption } from "../shared-options.ts";

export const workerCommand = declareCommand({
  name: "worker",
  group: "Models",
  summary: "train what weft repeat, sweep, cv and curve put on a queue",
  details:
    "Takes one training run after the other from the queue, until Ctrl-C or --until-empty. Start as many as you like, on " +
    "any machines that have the data and the folder of the runs under the same paths. An interrupted run continues from its " +
    "last checkpoint, here or elsewhere: Ctrl-C gives it back at once, and if a worker is killed, another one takes its run " +
    "when the lease ends. A run that crashes three workers fails. Queues are kept by Redis, Valkey or PostgreSQL, and need " +
    "the packages bullmq and ioredis or pg: npm install bullmq ioredis. Someone who can write into the queue can make this " +
    "worker read and write files, so protect it with a password.",
  arguments: {},
  options: {
    queue: { value: "url", description: "redis://HOST:6379 or postgres://USER@HOST/DATABASE", required: true },
    jobs: { value: "n", description: "training runs at a time, which share the threads", parse: wholeNumber(1), default: 1 },
    threads: { value: "n", description: "worker threads", defaultWords: "the machine's cores", parse: wholeNumber(1) },
    untilEmpty: { description: "end when the queue is empty; the exit code is 1 if some runs failed here" },
    lease: {
      value: "seconds",
      description: "how long the queue waits for a sign of life before another worker takes over a run",
      parse: wholeNumber(2),
      default: 30,
    },
    plugin: pluginOption,
  },
  json: true,
  examples: [
    ["weft worker --queue redis://queue.example:6379", "train until Ctrl-C"],
    ["weft worker --queue postgres://weft@db.example/weft --threads 4 --until-empty", "four threads, until all is done"],
  ],
});
