import type { Command, Option } from "commander";
import type { CommandDefinition } from "./command.ts";

/** What the shell does beside our suggestions; the scripts of @bomb.sh/tab know these numbers. */
const directives = { files: 0, noSpace: 2, noFiles: 4 } as const;

interface Suggestion {
  readonly value: string;
  readonly description: string;
}

/**
 * What may follow on an unfinished command line, as the shell's completion script reads it: one suggestion and its description a
 * line, and last what the shell is to do besides.
 *
 * @param words what stands behind `weft`; the last word is the one being typed, and may be empty
 */
export function suggest(program: Command, definitions: readonly CommandDefinition[], words: readonly string[]): string {
  const typed = words.at(-1) ?? "";
  const { command, name, rest } = walk(program, words.slice(0, -1));
  const definition = definitions.find((each) => each.name === name);
  const { suggestions, directive } = candidates(command, definition, rest, typed);
  const lines = suggestions
    .filter(({ value }) => value.startsWith(typed))
    .map(({ value, description }) => `${value}\t${description}`);
  return [...lines, `:${directive}`, ""].join("\n");
}

interface Candidates {
  readonly suggestions: readonly Suggestion[];
  readonly directive: number;
}

function candidates(
  command: Command,
  definition: CommandDefinition | undefined,
  rest: readonly string[],
  typed: string,
): Candidates {
  const [flag, begun] = typed.startsWith("--") && typed.includes("=") ? splitFlag(typed) : [rest.at(-1), typed];
  const option = flag === undefined ? undefined : command.options.find((each) => takesValue(each) && isCalled(each, flag));
  if (option !== undefined) {
    const prefix = flag === rest.at(-1) ? "" : `${flag}=`;
    return valuesOf(option, definition, begun ?? "", prefix);
  }
  if (typed.startsWith("-")) {
    const help = { value: "--help", description: "explain this command" };
    const flags = command.options.map(({ long, short, description }) => ({ value: long ?? short ?? "", description }));
    return { suggestions: [...flags, help], directive: directives.noFiles };
  }
  if (command.commands.length > 0) {
    const suggestions = command.commands.map((each) => ({
      value: each.name(),
      description: each.summary() || each.description(),
    }));
    return { suggestions, directive: directives.noFiles };
  }
  const argument =
    command.registeredArguments[positionals(command, rest)] ?? command.registeredArguments.findLast((each) => each.variadic);
  if (argument === undefined) return { suggestions: [], directive: directives.noFiles };
  if (argument.argChoices === undefined) return { suggestions: [], directive: directives.files };
  return { suggestions: argument.argChoices.map((value) => ({ value, description: "" })), directive: directives.noFiles };
}

function valuesOf(option: Option, definition: CommandDefinition | undefined, begun: string, prefix: string): Candidates {
  const list = definition?.listValues?.[option.attributeName()]?.();
  if (list !== undefined) {
    const done = begun.slice(0, begun.lastIndexOf(",") + 1);
    const given = new Set(done.split(","));
    const suggestions = list
      .filter((name) => !given.has(name))
      .map((name) => ({ value: `${prefix}${done}${name}`, description: "" }));
    return { suggestions, directive: directives.noFiles + directives.noSpace };
  }
  if (option.argChoices === undefined) return { suggestions: [], directive: directives.files };
  return {
    suggestions: option.argChoices.map((value) => ({ value: `${prefix}${value}`, description: "" })),
    directive: directives.noFiles,
  };
}

/** The command that the words before name, and the words that follow its name. */
function walk(program: Command, words: readonly string[]): { command: Command; name: string; rest: readonly string[] } {
  let command = program;
  const names: string[] = [];
  for (const [index, word] of words.entries()) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return { command, name: names.join(" "), rest: words.slice(index) };
    names.push(word);
    command = next;
  }
  return { command, name: names.join(" "), rest: [] };
}

/** How many of the words are arguments, not options and their values. */
function positionals(command: Command, words: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") count++;
    else if (command.options.some((each) => takesValue(each) && isCalled(each, word))) index++;
  }
  return count;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function isCalled(option: Option, flag: string): boolean {
  return option.long === flag || option.short === flag;
}

function splitFlag(typed: string): [string, string] {
  const equals = typed.indexOf("=");
  return [typed.slice(0, equals), typed.slice(equals + 1)];
}
