import { BatchReader, verifyBatch } from "@weft-nlp/batch";
import type { Handler } from "../command.ts";
import type { batchVerifyCommand } from "../commands/batch-verify-command.ts";
import { count } from "../words.ts";

export const run: Handler<typeof batchVerifyCommand> = async ({ terminal, signal }, { folder, repair }) => {
  const reader = await BatchReader.open(folder);
  const bar = terminal.progress("verifying", (await reader.shards()).length);
  const { checked, damage } = await verifyBatch(reader, { repair, signal, onShard: (done) => bar.update(done) }).finally(() =>
    bar.stop(),
  );
  if (terminal.json) await terminal.printJson({ folder, checked, damage, repaired: repair });
  else {
    for (const { shard, file, problem } of damage) await terminal.print(`shard ${shard}: ${file}: ${problem}`);
    await terminal.print(`${count(checked, "shard")} checked, ${count(damage.length, "file")} damaged`);
  }
  if (damage.length === 0) return 0;
  terminal.say(
    repair
      ? `removed; weft batch run ${folder} does these shards again`
      : `weft batch verify ${folder} --repair removes them, and weft batch run does their shards again`,
  );
  return repair ? 0 : 1;
};
