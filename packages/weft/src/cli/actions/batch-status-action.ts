import { setTimeout as wait } from "node:timers/promises";
import { BatchReader, type BatchStatus } from "@weft-nlp/batch";
import { duration } from "../batch-words.ts";
import type { CommandContext, Handler } from "../command.ts";
import type { batchStatusCommand } from "../commands/batch-status-command.ts";
import { bar, count, percent, whole } from "../words.ts";

const lookMs = 2000;

export const run: Handler<typeof batchStatusCommand> = async (context, { folder, watch }) => {
  const { signal, terminal } = context;
  const reader = await BatchReader.open(folder);
  const drawn = process.stdout.isTTY && process.env["TERM"] !== "dumb" && !terminal.json;
  let lines = 0;
  for (;;) {
    const status = await reader.status();
    const view = terminal.json ? "" : describe(status, context);
    if (terminal.json) await (watch ? terminal.print(JSON.stringify(status)) : terminal.printJson(status));
    else await terminal.print(lines > 0 && drawn ? `\u001b[${lines}A\u001b[J${view}` : view);
    lines = view.split("\n").length;
    if (!watch || status.shards.done === status.shards.all) return;
    await wait(lookMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
};

const barWidth = 30;

function describe(status: BatchStatus, { terminal: { style } }: CommandContext): string {
  const { shards, records, sentencesPerSecond, secondsLeft, retries, relations, sentences } = status;
  const share = shards.all === 0 ? 1 : shards.done / shards.all;
  const speed = sentencesPerSecond === undefined ? [] : [`${whole(Math.round(sentencesPerSecond))} sentences/s`];
  const left = secondsLeft === undefined || shards.running === 0 ? [] : [`${duration(secondsLeft)} left`];
  const done = shards.done === shards.all;
  const planned = records.planned === undefined ? "" : ` of ${whole(records.planned)}`;
  return [
    `${style("bold", bar(share, barWidth).padEnd(barWidth, "·"))} ${percent(Math.floor(share * 1000), 1000)}`,
    [
      `${whole(shards.done)} of ${count(shards.all, "shard")} done`,
      ...(done ? [] : [`${whole(shards.running)} running`]),
      ...(done ? [] : [...speed, ...left]),
    ].join(", "),
    `${whole(records.in)}${planned} ${records.in === 1 && planned === "" ? "record" : "records"}, ${count(sentences, "sentence")}, ${count(relations, "relation")}`,
    [
      count(retries, "retry", "retries"),
      ...(shards.split === 0 ? [] : [`${count(shards.split, "shard")} halved`]),
      `${count(records.quarantined, "record")} quarantined`,
    ].join(", "),
  ].join("\n");
}
