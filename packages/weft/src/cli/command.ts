import type { Arguments, CommandDeclaration, Input, InputOf, Options } from "./declaration.ts";
import type { Terminal } from "./terminal.ts";

/** What every command gets besides its input. */
export interface CommandContext {
  readonly terminal: Terminal;
  /**
   * Aborted at the first Ctrl-C or SIGTERM; a job that sees it stops and leaves whole files behind.
   */
  readonly signal: AbortSignal;
}

/** What a command does. @returns the exit code, if it is not 0 */
export type Handler<Declaration> = (context: CommandContext, input: InputOf<Declaration>) => Promise<number | void>;

/** A command as the table of commands holds it, whatever its input. */
export interface Command {
  readonly declaration: CommandDeclaration;
  run(context: CommandContext, input: Readonly<Record<string, unknown>>): Promise<number | void>;
}

/**
 * Joins a declaration with what it does. Importing a declaration is cheap; what it does, and all
 * that this needs, is loaded when the command is called.
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
      // The program reads the input by this declaration.
      return run(context, input as Input<A, O>);
    },
  };
}
