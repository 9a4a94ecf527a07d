import { UsageError } from "@weft-nlp/node";
import { OutputClosed, ownVersion, writeOutput } from "@weft-nlp/node/files";
import { type Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import { suggest } from "./completion.ts";
import { describeFailure, printFailure } from "./failure.ts";
import { Interruption, watchSignals } from "./interruption.ts";
import { buildProgram, divertOutput } from "./program.ts";
import { openTerminal } from "./terminal.ts";

/**
 * The command `weft`: runs one command line and says how it ended.
 *
 * @param args what stands behind `weft`
 * @returns 0 when all went well, 1 after a failure, 2 where the command line is wrong, 130 and 143 after Ctrl-C and SIGTERM, 141 when the
 * reader of our output has gone
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const watch = watchSignals(() => {
    if (process.stderr.isTTY) process.stderr.write("\nstopping; Ctrl-C once more leaves at once\n");
  });
  const program = buildProgram(commands, ownVersion(), async (definition, positional, options) => {
    const terminal = openTerminal({ json: options["json"] === true, quiet: options["quiet"] === true });
    exitCode = (await definition.run({ terminal, signal: watch.signal }, positional, options)) ?? 0;
  });
  const said: string[] = [];
  divertOutput(program, (text) => void said.push(text));
  try {
    if (args[0] === "complete" && args[1] === "--") said.push(suggest(program, commands, args.slice(2)));
    else if (!(await parse(program, args))) return 2;
    for (const text of said) await writeOutput(text);
    return watch.signal.aborted ? interruptionOf(watch.signal).exitCode : exitCode;
  } catch (error) {
    if (watch.signal.aborted) return interruptionOf(watch.signal).exitCode;
    if (error instanceof OutputClosed) return 141;
    complain(error, args.includes("--json"));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    watch.dispose();
  }
}

/** @returns false where no command was named; commander has printed the help then */
async function parse(program: Command, args: readonly string[]): Promise<boolean> {
  const asked = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  try {
    await program.parseAsync(asked, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.help") return false;
    if (error.exitCode !== 0) throw usageError(error);
  }
  return true;
}

/** Commander's sentence in our form: no prefix, and what it suggests as the hint. */
function usageError(error: CommanderError): UsageError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(rest.join(" ").trim())?.[1];
  const hint = suggestion === undefined ? "weft --help and weft COMMAND --help say what there is" : `did you mean ${suggestion}?`;
  return new UsageError(first.replaceAll("'", "`"), hint, { cause: error });
}

function complain(error: unknown, json: boolean): void {
  const { errorStyle } = openTerminal();
  const text = json ? JSON.stringify({ error: describeFailure(error) }) : printFailure(error, errorStyle);
  process.stderr.write(`${text}\n`);
}

function interruptionOf(signal: AbortSignal): Interruption {
  return signal.reason instanceof Interruption ? signal.reason : new Interruption("SIGINT");
}
