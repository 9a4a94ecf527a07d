import type { Argument, Option } from "commander";
import type { Terminal } from "./terminal.ts";

/** What every command gets besides its arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted at the first Ctrl-C or SIGTERM; a job that sees it stops and leaves whole files behind. */
  readonly signal: AbortSignal;
}

type CommandGroup = "Data and scores" | "Models" | "Around";

export interface CommandDefinition {
  /** One word, or two where the command belongs to a family: `data check`. */
  readonly name: string;
  readonly group: CommandGroup;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the list has no room for. */
  readonly details?: string | undefined;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  /** Whether the command has data to print, and so takes --json. */
  readonly json?: boolean | undefined;
  /** For completion: the values of options that take a list separated by commas, by the option's long name. */
  readonly listValues?: Readonly<Record<string, () => readonly string[]>> | undefined;
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** @returns the exit code where it is not 0 */
  run(context: CommandContext, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<number | void>;
}

/**
 * A command: one of these a file in `commands/`, and one line in its table.
 *
 * `Args` and `Options` are what commander makes of the declared arguments and options; nothing checks that they agree, so they stand
 * in the same file.
 */
export function defineCommand<Args extends readonly unknown[], Options extends object = object>(
  definition: Omit<CommandDefinition, "run"> & {
    run(context: CommandContext, args: Args, options: Options): Promise<number | void>;
  },
): CommandDefinition {
  return {
    ...definition,
    run: async (context, args, options) => definition.run(context, args as unknown as Args, options as unknown as Options),
  };
}
