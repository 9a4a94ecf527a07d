import { parseBytes, trimFeatures } from "@weft-nlp/node/encoders";
import type { Handler } from "../command.ts";
import type { cacheClearCommand } from "../commands/cache-clear-command.ts";
import { count, size } from "../words.ts";

export const run: Handler<typeof cacheClearCommand> = async ({ terminal }, { keep }) => {
  const removed = await trimFeatures(parseBytes(keep, "--keep"));
  const bytes = removed.reduce((total, file) => total + file.bytes, 0);
  if (terminal.json) return terminal.printJson({ files: removed.length, bytes });
  terminal.say(`${count(removed.length, "file")} of features removed, ${size(bytes)}`);
};
