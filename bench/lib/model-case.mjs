import { threadExecutor } from "../../packages/node/dist/workers/thread-executor.js";
import { prepareKernels } from "./builds.mjs";
import { readOptions } from "./options.mjs";

/**
 * The command line of the model cases in bench/weft. Options of a single case are in `options`.
 */
export function readModelCase(words) {
  const { options } = readOptions(words);
  prepareKernels();
  const workers = Number(options.workers ?? 1);
  const engine = { shared: workers > 1, ...(options.build ? { build: options.build } : {}) };
  return { options, workers, engine, infer: options.infer === "1" };
}

/**
 * Times one batch after another and prints one line of JSON.
 *
 * @param {object} given
 * @param given.asked what `readModelCase` returned
 * @param given.built the model
 * @param given.stepperOn makes the Stepper on an executor, after any training that comes first
 * @param given.warm untimed batches before the measurement
 * @param given.groups timed batches
 * @param given.unit what is counted: sentences, unless `amountOf` returns the amount of a batch
 */
export async function printSpeed({ asked, built, stepperOn, warm, groups, unit = "sentences", amountOf = sentencesOf }) {
  const { options, workers, infer } = asked;
  const executor = await threadExecutor(built, workers);
  const stepper = await stepperOn(executor);
  const run = async (examples, step) => {
    if (infer) await executor.predict(examples, { threshold: 0.5 });
    else await stepper.step(examples, 1, step);
  };
  for (const [step, group] of warm.entries()) await run(group, step);
  const begun = performance.now();
  const spent = process.cpuUsage();
  for (const [step, group] of groups.entries()) await run(group, step);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(spent);
  await executor.close();
  const amount = groups.reduce((sum, group) => sum + amountOf(group), 0);
  console.log(
    JSON.stringify({
      ...options,
      build: built.engine.build,
      sentences_per_second: amount / seconds,
      [`${unit}_per_cpu_second`]: amount / ((user + system) / 1e6),
      rss_mb: process.memoryUsage().rss / 2 ** 20,
    }),
  );
}

const sentencesOf = (group) => group.length;

/**
 * `count` batches in order, starting over if there are fewer.
 */
export const inTurn = (groups, count) => Array.from({ length: count }, (_, index) => groups[index % groups.length]);

/** `count` batches, spread evenly over all of them. */
export const spread = (groups, count) =>
  Array.from({ length: count }, (_, index) => groups[Math.floor(((index + 0.5) * groups.length) / count)]);
