import type { Command as Commander } from "commander";
import type { CommandDeclaration } from "./declaration.ts";
import { coloured, wantsColour } from "./style.ts";

/** Errors are thrown and printed in one place; help is styled if the stream shows colour. */
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
      // The list shows `data check`, not `data`: what can be run, by the name that runs it.
      visibleCommands: (parent) => parent.commands.flatMap((each) => (each.commands.length > 0 ? each.commands : [each])),
      subcommandTerm: (inner) => (inner.parent?.parent ? `${inner.parent.name()} ${inner.name()}` : inner.name()),
    })
    .helpCommand(false)
    .helpOption("-h, --help", "explain this command");
}

/** The last part of a help text, but for exit codes. */
export function exampleText(examples: CommandDeclaration["examples"]): string {
  if (examples.length === 0) return "";
  const lines = examples.map(([line, meaning]) => (meaning === "" ? `  ${line}` : `  ${line}\n${dim(`      ${meaning}`)}`));
  return `\n${bold("Examples:")}\n${lines.join("\n")}`;
}

/** What exit codes mean to this command alone. */
export function exitCodeText({ exitCodes = {} }: CommandDeclaration): string {
  const lines = Object.entries(exitCodes).map(([code, meaning]) => `  ${cyan(code)}  ${meaning}`);
  return lines.length === 0 ? "" : `\n${bold("Exit codes:")}\n${lines.join("\n")}`;
}

/** Commander removes the colours if the stream does not want them. */
const bold = (text: string): string => coloured("bold", text);
const cyan = (text: string): string => coloured("cyan", text);
const dim = (text: string): string => coloured("dim", text);
