import { availableParallelism } from "node:os";
import { arrayPart, Batch, BatchReader, type LossDecision, localDriver, queueDriver } from "@weft-nlp/batch";
import { UsageError } from "@weft-nlp/node/errors";
import { duration } from "../batch-words.ts";
import type { Handler } from "../command.ts";
import type { batchRunCommand } from "../commands/batch-run-command.ts";
import { count, whole } from "../words.ts";

export const run: Handler<typeof batchRunCommand> = async ({ terminal, signal }, { folder, ...options }) => {
  const { lease, model, queue, shard, stallSeconds, workers } = options;
  const part = shard === undefined ? undefined : arrayPart(shard, process.env);
  if (queue !== undefined && part !== undefined) {
    throw new UsageError("--queue and --shard exclude each other", "a queue decides by itself which shards a machine does");
  }
  const driver =
    queue === undefined
      ? localDriver({ workers })
      : queueDriver({ url: queue, workers, leaseMs: lease * 1000, onNote: (text) => terminal.say(text) });
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const before = await (await BatchReader.open(folder)).status();
  const began = performance.now();
  const bar = terminal.progress("extracting", before.records.planned ?? 0);
  const running = new Map<string, number>();
  let records = before.records.in;
  let [shards, sentences] = [0, 0];
  const show = (): void => {
    const seconds = (performance.now() - began) / 1000;
    const speed = sentences === 0 ? "" : `, ${whole(Math.round(sentences / seconds))} sentences/s`;
    bar.update(
      [...running.values()].reduce((sum, done) => sum + done, records),
      `${whole(before.shards.done + shards)} of ${count(before.shards.all, "shard")}${speed}`,
    );
  };
  const batch = await Batch.open(folder, {
    ...{ threads, model, stallSeconds, part },
    onProgress: (progress) => {
      running.set(progress.shard, progress.records);
      show();
    },
    onCommitted: (record) => {
      running.delete(record.shard);
      [records, shards, sentences] = [records + record.in, shards + 1, sentences + record.sentences];
      show();
    },
    onLoss: ({ id }, reason, decision) => {
      running.delete(id);
      terminal.say(`${reason}: ${decisionWords(id, decision)}`);
    },
  });
  try {
    await driver.run(batch, signal);
    await batch.tidy();
  } catch (cause) {
    bar.stop();
    terminal.say(`${count(shards, "shard")} done now; the same command continues with the others`);
    throw cause;
  }
  bar.stop();
  const status = await (await BatchReader.open(folder)).status();
  const seconds = (performance.now() - began) / 1000;
  if (terminal.json) await terminal.printJson({ folder, ...status, done: { shards, sentences, seconds } });
  terminal.say(
    `${count(shards, "shard")} done in ${duration(seconds)}; ${whole(status.shards.done)} of ${whole(status.shards.all)} in all`,
  );
  const { quarantined } = status.records;
  if (quarantined > 0)
    terminal.say(`${count(quarantined, "record")} quarantined: weft batch collect --quarantine FILE joins them`);
  return quarantined > 0 && status.shards.done === status.shards.all ? 3 : 0;
};

function decisionWords(id: string, decision: LossDecision): string {
  if (decision.kind === "retry") return `retrying shard ${id}`;
  return decision.kind === "split" ? `halving shard ${id}` : `the record of shard ${id} is quarantined`;
}
