import type { Command as Commander } from "commander";
import type { CommandDeclaration } from "./declaration.ts";
import { coloured, wantsColour } from "./style.ts";

/** Errors are thrown, to be printed in one place. Help is styled if the stream shows colour. */
export function settle(command: Commander): Commander {
  return command
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      getOutHasColors: () => wantsColour(process.stdout),
      getErrHasColors: () => wantsColour(process.stderr),
    })
    .configureHelp({
      styleTitle: bold,
      styleCommandText: cyan,
      styleSubcommandTerm: cyan,
      styleOptionTerm: cyan,
      styleArgumentTerm: cyan,
      // The list shows commands that can be run: `data check`, not `data`.
      visibleCommands: (parent) => parent.commands.flatMap((each) => (each.commands.length > 0 ? each.commands : [each])),
      subcommandTerm: (inner) => (inner.parent?.parent ? `${inner.parent.name()} ${inner.name()}` : inner.name()),
    })
    .helpCommand(false)
    .helpOption("-h, --help", "explain this command");
}

/** The examples at the end of a help text. */
export function exampleText(examples: CommandDeclaration["examples"]): string {
  if (examples.length === 0) return "";
  const lines = examples.map(([line, meaning]) => (meaning === "" ? `  ${line}` : `  ${line}\n${dim(`      ${meaning}`)}`));
  return `\n${bold("Examples:")}\n${lines.join("\n")}`;
}

/** The exit codes that are specific to this command. */
export function exitCodeText({ exitCodes = {} }: CommandDeclaration): string {
  const lines = Object.entries(exitCodes).map(([code, meaning]) => `  ${cyan(code)}  ${meaning}`);
  return lines.length === 0 ? "" : `\n${bold("Exit codes:")}\n${lines.join("\n")}`;
}

/** Commander removes the colours if the stream does not support them. */
const bold = (text: string): string => coloured("bold", text);
const cyan = (text: string): string => coloured("cyan", text);
const dim = (text: string): string => coloured("dim", text);
