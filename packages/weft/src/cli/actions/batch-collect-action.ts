import { BatchReader, collectBatch } from "@weft-nlp/batch";
import type { Handler } from "../command.ts";
import type { batchCollectCommand } from "../commands/batch-collect-command.ts";
import { count } from "../words.ts";

export const run: Handler<typeof batchCollectCommand> = async ({ terminal, signal }, { folder, out, quarantine }) => {
  const reader = await BatchReader.open(folder);
  const bar = terminal.progress("collecting", (await reader.shards()).length);
  const records = await collectBatch(reader, { out, quarantine, signal, onShard: (done) => bar.update(done) }).finally(() =>
    bar.stop(),
  );
  const sum = (field: "out" | "quarantined" | "relations"): number => records.reduce((total, each) => total + each[field], 0);
  const counts = { documents: sum("out"), relations: sum("relations"), quarantined: sum("quarantined") };
  if (terminal.json) {
    await terminal.printJson({
      folder,
      out,
      ...(quarantine === undefined ? {} : { quarantine }),
      shards: records.length,
      ...counts,
    });
  }
  const rest = counts.quarantined === 0 ? "" : `; ${count(counts.quarantined, "record")} quarantined`;
  terminal.say(`${count(counts.relations, "relation")} in ${count(counts.documents, "document")}${rest}`);
};
