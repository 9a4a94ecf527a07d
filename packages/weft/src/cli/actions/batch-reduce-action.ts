import { availableParallelism } from "node:os";
import { BatchReader, reduceBatch } from "@weft-nlp/batch";
import type { Handler } from "../command.ts";
import type { batchReduceCommand } from "../commands/batch-reduce-command.ts";
import { count, whole } from "../words.ts";

export const run: Handler<typeof batchReduceCommand> = async ({ terminal, signal }, { folder, out, memory, threads }) => {
  const reader = await BatchReader.open(folder);
  const bar = terminal.progress("reducing", 1);
  const { triples, found } = await reduceBatch(reader, {
    ...{ out, signal, memoryMiB: memory, threads: threads ?? availableParallelism() },
    onProgress: (done, all) => bar.update(done / all),
  }).finally(() => bar.stop());
  if (terminal.json) await terminal.printJson({ folder, out, triples, found });
  terminal.say(`${count(triples, "triple")}, found ${whole(found)} times, in ${out}`);
};
