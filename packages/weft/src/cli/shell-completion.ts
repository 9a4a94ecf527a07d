import type { CommandDeclaration, Lazy, OptionDeclaration } from "./declaration.ts";
import { allOptions, flagOf, found } from "./declaration.ts";
import { families } from "./program.ts";

/**
 * Instructions to the shell about our suggestions; the scripts of @bomb.sh/tab define these
 * numbers.
 */
const directives = { files: 0, noSpace: 2, noFiles: 4 } as const;

interface Candidates {
  readonly suggestions: readonly (readonly [value: string, description: string])[];
  readonly directive: number;
}

/**
 * Completes an unfinished command line, in the form that the shell's completion script reads: a
 * suggestion and its description per line, and on the last line an instruction to the shell.
 *
 * @param words the words after `weft`; the last one is being typed, and may be empty
 */
export async function suggest(declarations: readonly CommandDeclaration[], words: readonly string[]): Promise<string> {
  const typed = words.at(-1) ?? "";
  const { suggestions, directive } = await candidates(declarations, words.slice(0, -1), typed);
  const lines = suggestions.filter(([value]) => value.startsWith(typed)).map((each) => each.join("\t"));
  return [...lines, `:${directive}`, ""].join("\n");
}

async function candidates(all: readonly CommandDeclaration[], before: readonly string[], typed: string): Promise<Candidates> {
  const isFamily = Object.hasOwn(families, before[0] ?? "");
  const declaration = all.find(({ name }) => name === before.slice(0, isFamily ? 2 : 1).join(" "));
  if (declaration !== undefined) return inCommand(declaration, before.slice(isFamily ? 2 : 1), typed);
  if (typed.startsWith("-")) return { suggestions: before.length === 0 ? [versionFlag, helpFlag] : [helpFlag], directive: 4 };
  if (before.length > (isFamily ? 1 : 0)) return { suggestions: [], directive: directives.noFiles };
  const names = isFamily
    ? all.flatMap(({ name, summary }) =>
        name.startsWith(`${before[0]} `) ? [[name.slice(name.indexOf(" ") + 1), summary] as const] : [],
      )
    : all.map(({ name, summary }) => {
        const [first = ""] = name.split(" ");
        return [first, families[first] ?? summary] as const;
      });
  return { suggestions: [...new Map(names)], directive: directives.noFiles };
}

const helpFlag = ["--help", "explain this command"] as const;
const versionFlag = ["--version", "print the version"] as const;

async function inCommand(declaration: CommandDeclaration, rest: readonly string[], typed: string): Promise<Candidates> {
  const options = Object.entries(allOptions(declaration));
  const equals = typed.startsWith("--") ? typed.indexOf("=") : -1;
  const [flag, begun] = equals < 0 ? [rest.at(-1), typed] : [typed.slice(0, equals), typed.slice(equals + 1)];
  const option = valued(options, flag);
  if (option !== undefined) return valuesOf(option, begun, equals < 0 ? "" : `${flag}=`);
  if (typed.startsWith("-")) {
    const flags = options.map(([key, each]) => [flagOf(key, each), each.description] as const);
    return { suggestions: [...flags, helpFlag], directive: directives.noFiles };
  }
  const declared = Object.values(declaration.arguments);
  const place = rest.filter((word, index) => isArgument(word) && valued(options, rest[index - 1]) === undefined).length;
  const argument = declared[place] ?? declared.findLast(({ many }) => many === true);
  if (argument === undefined) return { suggestions: [], directive: directives.noFiles };
  return listed(argument.choices);
}

async function valuesOf({ suggests, choices, list }: OptionDeclaration, begun: string, prefix: string): Promise<Candidates> {
  const done = list === true ? begun.slice(0, begun.lastIndexOf(",") + 1) : "";
  const values = await listed(suggests ?? choices, `${prefix}${done}`, done.split(","));
  return list === true && values.directive !== 0 ? { ...values, directive: directives.noFiles + directives.noSpace } : values;
}

/**
 * The names with their prefix, without those already given; or file names, if there are no names.
 */
async function listed(
  names: Lazy<readonly string[]> | undefined,
  prefix = "",
  given: readonly string[] = [],
): Promise<Candidates> {
  if (names === undefined) return { suggestions: [], directive: directives.files };
  const fresh = (await found(names)).filter((name) => !given.includes(name));
  return { suggestions: fresh.map((name) => [`${prefix}${name}`, ""]), directive: directives.noFiles };
}

/** The option that the previous word names, if it takes a value. */
function valued(
  options: readonly (readonly [string, OptionDeclaration])[],
  word: string | undefined,
): OptionDeclaration | undefined {
  const found = options.find(([key, each]) => word !== undefined && (flagOf(key, each) === word || `-${each.short}` === word));
  return found?.[1].value === undefined ? undefined : found[1];
}

function isArgument(word: string): boolean {
  return !word.startsWith("-") || word === "-";
}
