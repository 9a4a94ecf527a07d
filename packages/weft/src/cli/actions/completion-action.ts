import t from "@bomb.sh/tab";
import type { Handler } from "../command.ts";
import type { completionCommand } from "../commands/completion-command.ts";

export const run: Handler<typeof completionCommand> = async (_, { shell }) => {
  // The package prints to standard output itself.
  t.setup("weft", "weft", shell);
  await Promise.resolve();
};
