import { FileError } from "@weft-nlp/node/errors";
import { exists } from "@weft-nlp/node/files";
import { followEvents, RunProgress } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { watchCommand } from "../commands/watch-command.ts";
import { epochLine, progressView } from "../progress-view.ts";

export const run: Handler<typeof watchCommand> = async (context, { run: folder, once }) => {
  if (!(await exists(folder))) {
    throw new FileError("FILE_MISSING", {
      at: { source: folder },
      message: "there is no such run",
      hint: "a run is a folder written by weft train, named by its --run",
    });
  }
  const { terminal, signal } = context;
  const progress = new RunProgress();
  const looks = followEvents(folder, { signal, once });
  if (terminal.json) {
    for await (const { fresh } of looks) for (const event of fresh) await terminal.print(JSON.stringify(event));
    return;
  }
  await show(looks, progress, folder, once, context);
};

async function show(
  looks: ReturnType<typeof followEvents>,
  first: RunProgress,
  folder: string,
  once: boolean,
  { terminal }: CommandContext,
): Promise<void> {
  let progress = first;
  const drawn = process.stdout.isTTY && process.env["TERM"] !== "dumb";
  let lines = 0;
  let printed = 0;
  for await (const { fresh, restarted, done } of looks) {
    if (restarted) progress = new RunProgress();
    progress.add(fresh);
    if (once || drawn) {
      const view = progressView(progress, folder, done, terminal.width, terminal.style);
      // Draws over the previous view, which may have been longer.
      await terminal.print(lines === 0 ? view : `\u001b[${lines}A\u001b[J${view}`);
      lines = view.split("\n").length;
    } else {
      // An epoch without an evaluation is printed at the next look.
      const { epochs } = progress;
      const complete = done ? epochs : epochs.slice(0, -1);
      for (const epoch of complete.slice(printed)) await terminal.print(epochLine(epoch));
      printed = Math.max(printed, complete.length);
    }
  }
}
