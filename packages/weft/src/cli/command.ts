import type { Arguments, CommandDeclaration, Input, InputOf, Options } from "./declaration.ts";
import type { Terminal } from "./terminal.ts";

/** The context of every command, in addition to its input. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted at the first Ctrl-C or SIGTERM. The job then stops and leaves only complete files. */
  readonly signal: AbortSignal;
}

/** Runs a command. @returns the exit code, if it is not 0 */
export type Handler<Declaration> = (context: CommandContext, input: InputOf<Declaration>) => Promise<number | void>;

/** A command in the table of commands, independent of the type of its input. */
export interface Command {
  readonly declaration: CommandDeclaration;
  run(context: CommandContext, input: Readonly<Record<string, unknown>>): Promise<number | void>;
}

/**
 * Joins a declaration with its handler. Importing a declaration is cheap; the handler and its
 * dependencies are loaded only when the command runs.
 *
 * @param load imports the module whose `run` is the handler
 */
export function command<A extends Arguments, O extends Options>(
  declaration: CommandDeclaration<A, O>,
  load: () => Promise<{ readonly run: Handler<CommandDeclaration<A, O>> }>,
): Command {
  return {
    declaration,
    run: async (context, input) => {
      const { run } = await load();
      // The program parses the input by this declaration.
      return run(context, input as Input<A, O>);
    },
  };
}
