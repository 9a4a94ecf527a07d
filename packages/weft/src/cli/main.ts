import { OutputClosed, writeOutput } from "@weft-nlp/node/standard-output";
import { type Command as Commander, CommanderError } from "commander";
import type { Command } from "./command.ts";
import { commandVersion } from "./command-version.ts";
import { commands } from "./commands/index.ts";
import { Interruption, watchSignals } from "./interruption.ts";
import { buildProgram, divertOutput, families } from "./program.ts";

/**
 * The command `weft`: runs one command line and returns its exit code. Loads only what the command
 * needs.
 *
 * @param args the words after `weft`
 * @returns 0 for success, 1 after a failure, 2 when the command line is wrong, 130 and 143 after
 *   Ctrl-C and SIGTERM, 141 when the reader of our output has gone
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const watch = watchSignals(() => {
    if (process.stderr.isTTY) process.stderr.write("\nstopping; press Ctrl-C again to stop at once\n");
  });
  const invoke = async (command: Command, input: Readonly<Record<string, unknown>>): Promise<void> => {
    await loadNamed(input);
    const { openTerminal } = await import("./terminal.ts");
    const terminal = await openTerminal({ json: input["json"] === true, quiet: input["quiet"] === true });
    exitCode = (await command.run({ terminal, signal: watch.signal }, input)) ?? 0;
  };
  const said: string[] = [];
  try {
    if (args[0] === "complete" && args[1] === "--") said.push(await completionOf(args.slice(2)));
    else {
      const program = buildProgram(commands, commandVersion(), invoke);
      divertOutput(program, (text) => void said.push(text));
      if (!(await parse(program, args))) return 2;
    }
    for (const text of said) await writeOutput(text);
    return watch.signal.aborted ? interruptionOf(watch.signal).exitCode : exitCode;
  } catch (error) {
    if (watch.signal.aborted) return interruptionOf(watch.signal).exitCode;
    if (error instanceof OutputClosed) return 141;
    const { complain } = await import("./failure.ts");
    return complain(error, args.includes("--json"));
  } finally {
    watch.dispose();
  }
}

/**
 * Plugins come before everything that a command reads, and before the modules of the command
 * itself.
 */
async function loadNamed({ plugin }: { readonly plugin?: unknown }): Promise<void> {
  if (!Array.isArray(plugin) || plugin.length === 0) return;
  const { loadPlugins } = await import("@weft-nlp/node/plugins");
  await loadPlugins(plugin.map(String));
}

async function completionOf(words: readonly string[]): Promise<string> {
  const { suggest } = await import("./shell-completion.ts");
  const declarations = commands.map(({ declaration }) => declaration);
  return suggest(declarations, words);
}

/** @returns false if no command was named; commander has then printed the help */
async function parse(program: Commander, args: readonly string[]): Promise<boolean> {
  const asked = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  try {
    if (asked.includes("--help") || asked.includes("-h")) await requireTopic(asked);
    await program.parseAsync(asked, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.help") return false;
    if (error.exitCode !== 0) throw await usageError(error);
  }
  return true;
}

/**
 * For an unknown command, commander would print the help of the program.
 *
 * @throws {UsageError}
 */
async function requireTopic(args: readonly string[]): Promise<void> {
  const end = args.findIndex((word) => word.startsWith("-"));
  const [first, second] = args.slice(0, end < 0 ? args.length : end);
  if (first === undefined) return;
  const names = commands.map(({ declaration: { name } }) => name.split(" "));
  const topics = Object.hasOwn(families, first)
    ? names.flatMap(([family, own]) => (family === first && own !== undefined ? [own] : []))
    : names.flatMap(([name = ""]) => name);
  const asked = Object.hasOwn(families, first) ? second : first;
  if (asked === undefined || topics.includes(asked)) return;
  const [{ UsageError }, { didYouMean }] = await Promise.all([import("./usage-error.ts"), import("@weft-nlp/core/text")]);
  throw new UsageError(`unknown command \`${asked}\``, didYouMean(asked, topics) ?? "weft --help lists every command");
}

/** Converts commander's error to our form: no prefix, and its suggestion as the hint. */
async function usageError(error: CommanderError): Promise<Error> {
  const { UsageError } = await import("./usage-error.ts");
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(rest.join(" ").trim())?.[1];
  const hint =
    suggestion === undefined ? "see weft --help for the commands, weft COMMAND --help for one" : `did you mean ${suggestion}?`;
  return new UsageError(first.replaceAll("'", "`"), hint, { cause: error });
}

function interruptionOf(signal: AbortSignal): Interruption {
  return signal.reason instanceof Interruption ? signal.reason : new Interruption("SIGINT");
}
