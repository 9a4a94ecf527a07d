import { trainConfigSchema } from "@weft-nlp/core/training";
import { UsageError } from "@weft-nlp/node/errors";
import { readConfig } from "@weft-nlp/node/files";
import { isConfigFile } from "@weft-nlp/node/recipe";
import { type RunEvent, resolvePaths, trainRun } from "@weft-nlp/node/runs";
import type { CommandContext, Handler } from "../command.ts";
import type { trainCommand } from "../commands/train-command.ts";
import type { InputOf } from "../declaration.ts";
import { kernelsNote } from "../kernels-note.ts";
import { runFolderFor } from "../run-folder.ts";
import { jsonEvent } from "../run-json.ts";
import { RunView } from "../run-view.ts";
import { trainOnData } from "../train-on-data.ts";
import { filesWords, nextStep, printScores, stoppedWords } from "../trained-words.ts";

export const run: Handler<typeof trainCommand> = async (context, { sources, ...options }) => {
  const [only] = sources;
  if (only !== undefined && sources.length === 1 && (await isConfigFile(only))) return trainOnConfig(only, options, context);
  return trainOnData(sources, options, context);
};

export async function trainOnConfig(
  path: string,
  options: Omit<InputOf<typeof trainCommand>, "sources">,
  context: CommandContext,
): Promise<void> {
  for (const name of ["budget", "entities", "encoder", "format"] as const) {
    if (options[name] !== undefined)
      throw new UsageError(`--${name} is for training from data, and ${path} is a configuration`, "omit it, or name data files");
  }
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const config = await readConfig(path, trainConfigSchema(), [...options.set, ...seed]);
  const folder = options.run ?? runFolderFor([path], config.value.seed);
  const resolved = resolvePaths(config);
  const events = trainRun({ ...options, config: resolved, folder, signal: context.signal });
  if (context.terminal.json) return printEvents(events, context);
  const note = kernelsNote(options);
  if (note !== undefined) context.terminal.say(note);
  const view = new RunView(context.terminal, { train: resolved.data.train, model: resolved.model.name });
  let usable = false;
  try {
    for await (const event of events) {
      usable ||= event.kind === "evaluation";
      view.show(event);
      if (event.kind !== "done") continue;
      await printScores([event.dev, event.test], context.terminal);
      context.terminal.say(`\n${filesWords(folder)}; next: ${nextStep(event.model, folder)}`);
    }
  } catch (error) {
    view.stop();
    if (usable && context.signal.aborted) context.terminal.say(stoppedWords(folder));
    throw error;
  } finally {
    view.stop();
  }
}

async function printEvents(events: AsyncIterable<RunEvent>, { terminal }: CommandContext): Promise<void> {
  for await (const event of events) {
    const value = jsonEvent(event);
    if (value !== undefined) await terminal.print(JSON.stringify(value));
  }
}
