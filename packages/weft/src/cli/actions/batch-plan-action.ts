import { stat } from "node:fs/promises";
import { DirectoryStore, makePlan } from "@weft-nlp/batch";
import { UsageError } from "@weft-nlp/node/errors";
import { loadedPlugins } from "@weft-nlp/node/plugins";
import type { Handler } from "../command.ts";
import type { batchPlanCommand } from "../commands/batch-plan-command.ts";
import { count, size } from "../words.ts";

export const run: Handler<typeof batchPlanCommand> = async ({ terminal, signal }, { files, model, out, ...options }) => {
  const { checksum, input, records, deterministic, kernels, format: output } = options;
  if (deterministic && kernels !== undefined && kernels !== "baseline") {
    throw new UsageError(`--deterministic contradicts --kernels ${kernels}`, "omit one of the two options");
  }
  const { blank, newlines, threshold, minConfidence, window, overlap, identity, escapeFormulas, buckets } = options;
  const plugins = loadedPlugins();
  const bar = terminal.progress("planning", await bytesOf(files));
  let done = 0;
  const plan = await makePlan({
    ...{ store: new DirectoryStore(out), files, model, input, checksum, signal, shardRecords: records },
    options: {
      ...{ output, blank, newlines, threshold, minConfidence, window, overlap, identity, escapeFormulas, buckets },
      kernels: deterministic ? "baseline" : kernels,
      ...(plugins.length === 0 ? {} : { plugins }),
    },
    onBytes: (bytes) => {
      done += bytes;
      bar.update(done);
    },
  }).finally(() => bar.stop());
  if (terminal.json) {
    await terminal.printJson({ folder: out, ...plan });
    return;
  }
  const read = plan.records === undefined ? "" : ` of ${count(plan.records, "record")}`;
  const bytes = size(plan.inputs.reduce((sum, each) => sum + each.bytes, 0));
  terminal.say(`${count(plan.shards.count, "shard")}${read} (${bytes}) in ${out}`);
  const packed = plan.inputs.filter((each) => each.packed).length;
  if (packed > 0) {
    terminal.say(`${count(packed, "compressed file")}: each is one shard; unpack large ones to spread them over workers`);
  }
  terminal.say(`weft batch run ${out}`);
};

/** The total size before planning. A missing file counts as 0; planning reports the error. */
async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (path) =>
      stat(path).then(
        (status) => status.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
