/**
 * The declaration of a command's input. Its types, help, defaults, completion and section of
 * docs/commands.md are derived from it.
 */

/**
 * A value, or a function that finds it. It is called only when this command is run, explained or
 * completed.
 */
export type Lazy<Value> = Value | (() => Promise<Value>);

/** A positional argument; its key is its name in help. */
export interface ArgumentDeclaration {
  readonly description: string;
  /** Takes all remaining words. */
  readonly many?: true;
  readonly optional?: true;
  readonly default?: string;
  readonly choices?: Lazy<readonly string[]>;
}

/** Its key is its flag: `perType` is `--per-type`. */
export interface OptionDeclaration {
  readonly description: string;
  /** A one-letter form of the flag. */
  readonly short?: string;
  /** The placeholder for the value in help. An option without one is a flag. */
  readonly value?: string;
  /** Checks a value and gives it its type. Throws `InvalidArgumentError`. */
  readonly parse?: (text: string) => unknown;
  readonly choices?: Lazy<readonly string[]>;
  /** Suggestions for completion, if the option takes any text. */
  readonly suggests?: Lazy<readonly string[]>;
  /** Takes several with commas between; completion continues after each comma. */
  readonly list?: true;
  readonly default?: Lazy<string | number>;
  /** Describes in help a default that depends on something else. */
  readonly defaultWords?: Lazy<string>;
  readonly required?: true;
  /** May be repeated, with one value or with several words each time. */
  readonly many?: "once each" | "several each";
  /** True by default; given as `--no-watch` for the key `watch`. */
  readonly negated?: true;
}

export type Arguments = Readonly<Record<string, ArgumentDeclaration>>;
export type Options = Readonly<Record<string, OptionDeclaration>>;

export interface CommandDeclaration<A extends Arguments = Arguments, O extends Options = Options> {
  /** One word, or two if the command belongs to a family: `data check`. */
  readonly name: string;
  readonly group: "Models" | "Batches" | "Encoders" | "Data and scores" | "Other";
  /** One line for the list of commands. */
  readonly summary: string;
  /** Details for the command's own help. */
  readonly details?: string;
  readonly arguments: A;
  readonly options: O;
  /** Whether the command prints data, and so takes --json. */
  readonly json?: true;
  /** The meaning of exit codes for this command, in addition to the common 1 and 2. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

/** Keeps the exact type of a declaration, from which its handler gets the type of its input. */
export function declareCommand<const A extends Arguments, const O extends Options>(
  declaration: CommandDeclaration<A, O>,
): CommandDeclaration<A, O> {
  return declaration;
}

/** The input of a handler: every argument and option under its key. */
export type Input<A extends Arguments, O extends Options> = {
  readonly [Key in keyof A]: ArgumentInput<A[Key]>;
} & OptionsInput<O>;

/** The part of the input from options, for code that several commands share. */
export type OptionsInput<O extends Options> = { readonly [Key in keyof O]: OptionInput<O[Key]> };

/** The input of a declared command. */
export type InputOf<Declaration> = Declaration extends CommandDeclaration<infer A, infer O> ? Input<A, O> : never;

type ArgumentInput<A> = A extends { many: true }
  ? readonly string[]
  : A extends { optional: true } & { default?: never }
    ? Word<A> | undefined
    : Word<A>;

type OptionInput<O> = O extends { value: string }
  ? O extends { many: string }
    ? readonly Word<O>[]
    : O extends { default: unknown } | { required: true }
      ? Word<O>
      : Word<O> | undefined
  : boolean;

/** The type of one value: the result of `parse`, one of the choices, or any text. */
type Word<D> = D extends { parse: (text: string) => infer Value }
  ? Value
  : D extends { choices: Lazy<readonly (infer Choice)[]> }
    ? Choice
    : string;

/** Resolves a value that may be lazy. */
export async function found<Value extends string | number | readonly string[]>(lazy: Lazy<Value>): Promise<Value> {
  return typeof lazy === "function" ? lazy() : lazy;
}

/** The command's own options and those that every command has. */
export function allOptions({ options, json }: CommandDeclaration): Options {
  return {
    ...options,
    ...(json === true ? { json: { description: "print JSON, and errors as JSON on standard error" } } : {}),
    quiet: { short: "q", description: "print only results and errors" },
  };
}

/** The flag for a key: `--per-type` for `perType`. */
export function flagOf(key: string, { negated }: OptionDeclaration): string {
  return `--${negated === true ? "no-" : ""}${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flag with its letter and its value, as help shows it: `-p, --protocol <names>`. */
export function usageOf(key: string, option: OptionDeclaration): string {
  const { short, value, many } = option;
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}${flagOf(key, option)}${value === undefined ? "" : ` <${value}${many === "several each" ? "..." : ""}>`}`;
}

/** An argument as help shows it: `<gold>`, `[files...]`. */
export function argumentUsage(key: string, { many, optional, default: usual }: ArgumentDeclaration): string {
  const name = `${key}${many === true ? "..." : ""}`;
  return optional === true || usual !== undefined ? `[${name}]` : `<${name}>`;
}
