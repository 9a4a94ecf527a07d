import { styleText } from "node:util";
import { Command, Option } from "commander";
import type { CommandDefinition } from "./command.ts";
import { wantsColour } from "./terminal.ts";

/** Runs a command with the arguments and options that commander read. */
export type Invoke = (
  definition: CommandDefinition,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

const families: Readonly<Record<string, { summary: string; group: string }>> = {
  data: { summary: "look at data", group: "Data and scores" },
};

/** The whole command line as a tree of commander, built from the table of commands. Parsing it throws; it never ends the process. */
export function buildProgram(definitions: readonly CommandDefinition[], version: string, invoke: Invoke): Command {
  const program = settle(new Command("weft"))
    .description("Find entities and the relations between them in text, together.")
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText("after", exampleText(programExamples));
  for (const definition of definitions) {
    const [first = "", second] = definition.name.split(" ");
    const parent = second === undefined ? program : family(program, first);
    const command = settle(new Command(second ?? first));
    command.summary(definition.summary).description(sentence(definition)).helpGroup(`${definition.group}:`);
    for (const argument of definition.arguments) command.addArgument(argument);
    for (const option of definition.options) command.addOption(option);
    if (definition.json === true) command.addOption(new Option("--json", "print JSON, and errors as JSON on standard error"));
    command.addOption(new Option("-q, --quiet", "say nothing but results and errors"));
    if (definition.examples.length > 0) command.addHelpText("after", exampleText(definition.examples));
    command.action(async (...received: unknown[]) => {
      const positional = received.slice(0, definition.arguments.length);
      await invoke(definition, positional, command.opts());
    });
    parent.addCommand(command);
  }
  return program;
}

/** Gives help and version, which commander would print by itself, to `say`. */
export function divertOutput(command: Command, say: (text: string) => void): void {
  command.configureOutput({ writeOut: say });
  for (const inner of command.commands) divertOutput(inner, say);
}

const programExamples = [
  ["weft train examples/corpus/weft.yaml --run runs/mine", "learn from the bundled corpus, in under a minute"],
  ["weft extract runs/mine article.txt --format triples", "use what was learnt"],
  ["weft data check train.jsonl dev.jsonl test.jsonl", "find faults in data before training does"],
  ["weft score gold.jsonl predicted.jsonl", "score what any system found"],
  ["weft help score", "more about one command; weft score --help does the same"],
] as const;

function family(program: Command, name: string): Command {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  const { summary = "", group = "Around" } = families[name] ?? {};
  const command = settle(new Command(name)).description(summary).helpGroup(`${group}:`).helpCommand(false);
  program.addCommand(command);
  return command;
}

/** Errors are thrown and printed in one place; help is styled where the stream shows colour. */
function settle(command: Command): Command {
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
    .helpOption("-h, --help", "explain this command");
}

function sentence({ summary, details }: CommandDefinition): string {
  const first = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return details === undefined ? first : `${first}\n\n${details}`;
}

function exampleText(examples: readonly (readonly [string, string])[]): string {
  const lines = examples.map(
    ([line, meaning]) => `  ${line}
${dim(`      ${meaning}`)}`,
  );
  return `\n${bold("Examples:")}\n${lines.join("\n")}\n`;
}

/** Commander takes the colours away where the stream does not want them. */
const styled =
  (format: "bold" | "cyan" | "dim") =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });
const bold = styled("bold");
const cyan = styled("cyan");
const dim = styled("dim");
