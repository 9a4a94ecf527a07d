import { FileError } from "@weft-nlp/node";
import { exists } from "@weft-nlp/node/files";
import { followEvents, RunProgress } from "@weft-nlp/node/runs";
import { Argument, Option } from "commander";
import { type CommandContext, defineCommand } from "../command.ts";
import { epochLine, progressView } from "../progress-view.ts";

interface Options {
  readonly once?: boolean;
}

export const watchCommand = defineCommand<[run: string], Options>({
  name: "watch",
  group: "Models",
  summary: "show the curves of a run while it trains",
  details:
    "Follows the events of a run, which the training writes twice a second: loss by step, gradient and dev score. Ends when the run is done, or " +
    "with Ctrl-C, which the training does not notice. In a pipe each epoch is a line; with --json each event is one.",
  arguments: [new Argument("<run>", "a run's folder")],
  options: [new Option("--once", "show how it stands and end")],
  json: true,
  examples: [
    ["weft watch runs/mine", "until the run is done"],
    ["weft watch runs/mine --once", "how it stands now"],
  ],
  run: async (context, [folder], { once = false }) => {
    if (!(await exists(folder))) {
      throw new FileError("FILE_MISSING", {
        at: { source: folder },
        message: "there is no such run",
        hint: "a run is a folder that weft train writes: --run names it",
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
  },
});

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
  let told = 0;
  for await (const { fresh, restarted, done } of looks) {
    if (restarted) progress = new RunProgress();
    progress.add(fresh);
    if (once || drawn) {
      const view = progressView(progress, folder, done, terminal.width, terminal.style);
      // Over what was drawn before, which may have been longer.
      await terminal.print(lines === 0 ? view : `\u001b[${lines}A\u001b[J${view}`);
      lines = view.split("\n").length;
    } else {
      // An epoch whose evaluation has not come yet is told with the next look.
      const { epochs } = progress;
      const complete = done ? epochs : epochs.slice(0, -1);
      for (const epoch of complete.slice(told)) await terminal.print(epochLine(epoch));
      told = Math.max(told, complete.length);
    }
  }
}
