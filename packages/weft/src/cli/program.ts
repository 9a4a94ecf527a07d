import { Argument, Command as Commander, Option } from "commander";
import type { Command } from "./command.ts";
import { allOptions, argumentUsage, found, type OptionDeclaration, usageOf } from "./declaration.ts";
import { exampleText, exitCodeText, settle } from "./help-layout.ts";

/** Runs a command with its parsed input. */
export type Invoke = (command: Command, input: Readonly<Record<string, unknown>>) => Promise<void>;

/** Families of commands with two words, by the first word. */
export const families: Readonly<Record<string, string>> = {
  batch: "extract from files of any size, on one machine or many",
  data: "inspect and prepare data",
};

/**
 * The whole command line as a tree of commander. A command gets its arguments and options only when
 * it is run or explained. Parsing throws and never ends the process.
 */
export function buildProgram(commands: readonly Command[], version: string, invoke: Invoke): Commander {
  const program = settle(new Commander("weft"))
    .description("Find entities and the relations between them in text, together.")
    .version(version, "-V, --version", "print the version")
    .addHelpText("after", exampleText(programExamples));
  const declared = new Map<Commander, Command>();
  const complete = async (_: unknown, chosen: Commander): Promise<void> => {
    const command = declared.get(chosen);
    if (command !== undefined) await fill(chosen, command, invoke);
  };
  program.hook("preSubcommand", complete);
  for (const command of commands) {
    const { name, group, summary, details } = command.declaration;
    const [first = "", second] = name.split(" ");
    const parent = second === undefined ? program : family(program, { name: first, group }, complete);
    const description = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${details === undefined ? "" : `\n\n${details}`}`;
    const added = settle(new Commander(second ?? first))
      .summary(summary)
      .description(description)
      .helpGroup(`${group}:`);
    declared.set(added, command);
    parent.addCommand(added);
  }
  return program;
}

/** Passes help and version to `say` instead of letting commander print them. */
export function divertOutput(command: Commander, say: (text: string) => void): void {
  command.configureOutput({ writeOut: say });
  for (const inner of command.commands) divertOutput(inner, say);
}

const programExamples = [
  ["weft train annotations/ --run runs/own", "from annotated documents to a model"],
  ["weft train examples/corpus/weft.yaml --run runs/mine", "train on the bundled corpus, in under a minute"],
  ["weft extract runs/mine article.txt --format triples", "use the trained model"],
  ["weft data check train.jsonl dev.jsonl test.jsonl", "find faults in data before training does"],
  ["weft score gold.jsonl predicted.jsonl", "score the predictions of any system"],
  ["weft help score", "explain one command, as weft score --help does"],
] as const;

function family(
  program: Commander,
  { name, group }: Pick<Command["declaration"], "name" | "group">,
  complete: (_: unknown, chosen: Commander) => Promise<void>,
): Commander {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  const command = settle(new Commander(name))
    .description(families[name] ?? "")
    // The help prints groups in the order in which they first occur here.
    .helpGroup(`${group}:`)
    .hook("preSubcommand", complete);
  program.addCommand(command);
  return command;
}

/** Adds arguments, options, and the text below them in help. */
async function fill(target: Commander, command: Command, invoke: Invoke): Promise<void> {
  const { declaration } = command;
  const names = Object.keys(declaration.arguments);
  const options = allOptions(declaration);
  for (const [key, each] of Object.entries(declaration.arguments)) {
    const argument = new Argument(argumentUsage(key, each), each.description);
    if (each.choices !== undefined) argument.choices(await found(each.choices));
    if (each.default !== undefined) argument.default(each.default);
    target.addArgument(argument);
  }
  for (const [key, each] of Object.entries(options)) target.addOption(await commanderOption(key, each));
  target.addHelpText("after", exampleText(declaration.examples)).addHelpText("after", exitCodeText(declaration));
  target.action(async (...received: unknown[]) => {
    const given = target.opts<Record<string, unknown>>();
    const words = names.map((name, place) => [name, received[place]] as const);
    const values = Object.entries(options).map(([key, each]) => [key, given[key] ?? absent(each)] as const);
    await invoke(command, Object.fromEntries([...words, ...values]));
  });
}

async function commanderOption(key: string, declared: OptionDeclaration): Promise<Option> {
  const { description, parse, choices, many, required, defaultWords } = declared;
  const words = defaultWords === undefined ? description : `${description} (default: ${await found(defaultWords)})`;
  const option = new Option(usageOf(key, declared), words);
  if (choices !== undefined) option.choices(await found(choices));
  if (declared.default !== undefined) option.default(await found(declared.default));
  if (many !== undefined) {
    option.argParser((text: string, before: readonly unknown[] | undefined) => [
      ...(before ?? []),
      parse === undefined ? text : parse(text),
    ]);
  } else if (parse !== undefined) option.argParser(parse);
  return required === true ? option.makeOptionMandatory() : option;
}

/** The value of an option that was not given and has no default. */
function absent({ value, many }: OptionDeclaration): false | readonly [] | undefined {
  if (value === undefined) return false;
  return many === undefined ? undefined : [];
}
