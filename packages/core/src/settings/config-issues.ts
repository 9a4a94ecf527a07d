import * as z from "zod";
import { ConfigError, type CoreErrorCode, type Location } from "../errors.ts";
import { nearestName } from "../text/index.ts";
import { movedSetting } from "./moved-settings.ts";

/** The path of a setting: names of settings and indices of lists, from the outside in. */
export type SettingPath = readonly (string | number)[];

/** Formats a path as it is written after `--set`: `data.files[0]`. */
export function printPath(path: SettingPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** The context that `configError` needs to locate an issue and to suggest a correction. */
export interface ConfigIssues {
  /** Finds the name or the value of a setting in its source. */
  locate(setting: SettingPath, of: "name" | "value"): Location;
  readonly schema: z.ZodType;
  readonly input: unknown;
}

/**
 * Turns zod's issues into one error with file, line and column, what was expected, and the nearest
 * real name of a misspelt setting. Further faults become the `errors` of the cause, so that one run
 * shows them all.
 */
export function configError(issues: readonly z.core.$ZodIssue[], context: ConfigIssues): ConfigError {
  const errors = issues.flatMap((issue) => explain(issue, context)).toSorted((a, b) => order(a.at, b.at));
  const [first, ...others] = errors;
  if (first === undefined) throw new RangeError("no issue to explain");
  if (others.length === 0) return first;
  const { code, at, summary: message, hint } = first;
  return new ConfigError(code, { at, message, hint, cause: new AggregateError(others, `${others.length} more`) });
}

function explain(issue: z.core.$ZodIssue, context: ConfigIssues): ConfigError[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownSetting(path, key, context));
  const meant = issue.code === "invalid_union" ? formMeant(issue) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, context));
  const value = valueAt(context.input, path);
  const missing = value === undefined;
  const at = context.locate(path, "value");
  const expected = expectation(issue);
  const message = missing ? `this setting is missing; expected ${expected}` : `expected ${expected}, found ${show(value)}`;
  const hint = nearestValue(issue, value) ?? (missing || !isRegistered.test(printPath(path)) ? undefined : pluginHint);
  return [settingError("SETTING_INVALID", at, issue.code === "custom" ? issue.message : message, hint)];
}

/** Settings whose choices may be registered by a plugin. */
const isRegistered = /^model(\..+)?\.name$|^objective\.name$|(^|\.)training\.select$/;
const pluginHint = "if a plugin registers it, load that with --plugin, or with loadPlugins in a program";

/**
 * The issues of the form of a union whose type the value has: for "settings or off", the settings.
 */
function formMeant({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  return errors.find((form) => form.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"));
}

function unknownSetting(path: SettingPath, key: string, context: ConfigIssues): ConfigError {
  const moved = movedSetting([...path, key]);
  if (moved !== undefined) {
    const at = context.locate([...path, key], "name");
    return settingError("SETTING_UNKNOWN", at, "this setting has moved", `it is now ${moved}`);
  }
  const names = namesAt(z.toJSONSchema(context.schema, { io: "input", unrepresentable: "any" }), path, context.input);
  const nearest = nearestName(key, names);
  const where = path.length === 0 ? "the configuration" : printPath(path);
  const known = `${where} has ${names.join(", ")}`;
  const hint = nearest === undefined ? (names.length === 0 ? undefined : known) : `did you mean ${nearest}?`;
  return settingError("SETTING_UNKNOWN", context.locate([...path, key], "name"), "there is no setting of this name", hint);
}

function settingError(code: CoreErrorCode, at: Location, message: string, hint: string | undefined): ConfigError {
  return new ConfigError(code, { at, message, hint });
}

/** Zod's expectation as a noun phrase. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values.map(show));
    case "too_small":
      return bounded(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return bounded(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern === undefined ? `text of the form ${issue.format}` : `text that matches ${issue.pattern}`;
    case "invalid_union": {
      if ("options" in issue && Array.isArray(issue.options)) return oneOf(choicesIn(issue.options).map(show));
      const inner = issue.errors.flatMap((branch) => (branch[0] === undefined || branch[0].path.length > 0 ? [] : [branch[0]]));
      return inner.length === 0 ? "another value" : [...new Set(inner.map((each) => expectation(each)))].join(" or ");
    }
    default:
      return issue.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of settings",
  record: "a map",
  null: "nothing (null)",
};

function bounded(origin: string, relation: string, limit: number | bigint): string {
  if (origin === "string") return `text of ${relation} ${limit} characters`;
  if (origin === "array" || origin === "set") return `a list of ${relation} ${limit} items`;
  return `a number of ${relation} ${limit}`;
}

function oneOf(values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : `one of ${values.join(", ")}`;
}

function nearestValue(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const nearest = nearestName(
    value,
    optionsOf(issue).filter((option): option is string => typeof option === "string"),
  );
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** The values that an issue would accept; for a union, those of its forms. */
function optionsOf(issue: z.core.$ZodIssue): readonly unknown[] {
  if (issue.code === "invalid_value") return issue.values;
  if ("options" in issue && Array.isArray(issue.options)) return issue.options;
  if (issue.code !== "invalid_union") return [];
  return issue.errors.flatMap((form) => form.flatMap((inner) => (inner.path.length === 0 ? optionsOf(inner) : [])));
}

/** Choices to show; the form that is the default also accepts nothing. */
function choicesIn(options: readonly unknown[]): readonly unknown[] {
  return options.filter((option) => option !== undefined);
}

function show(value: unknown): string {
  if (typeof value === "string") return /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : `${value as number | boolean}`;
}

function valueAt(input: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as Readonly<Record<string | number, unknown>>)[step];
  }, input);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The names allowed in a map of settings, from the forms of the JSON Schema that the input fits.
 */
function namesAt(root: JsonSchema, path: SettingPath, input: unknown): string[] {
  let forms = formsOf(root, root);
  let value = input;
  for (const step of path) {
    forms = fitting(forms, value).flatMap((form) => {
      const inner = typeof step === "number" ? form.items : (form.properties?.[step] ?? form.additionalProperties);
      return typeof inner === "object" && !Array.isArray(inner) ? formsOf(inner, root) : [];
    });
    value = valueAt(value, [step]);
  }
  return [...new Set(fitting(forms, value).flatMap((form) => Object.keys(form.properties ?? {})))];
}

function formsOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const named = schema.$ref?.replace(/^#\/(?:\$defs|definitions)\//, "");
  const target = named === undefined ? schema : named === "#" ? root : root.$defs?.[named];
  if (target === undefined) return [];
  const choices = [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])];
  return choices.length === 0 ? [target] : choices.flatMap((choice) => formsOf(choice, root));
}

/**
 * The forms whose constants match the value, as in a union keyed by `name`; all forms if none fits.
 * A missing constant counts as its default.
 */
function fitting(forms: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  const fits = forms.filter((form) => {
    if (isMap && form.type === "string") return false;
    return Object.entries(form.properties ?? {}).every(([name, property]) => {
      const { const: constant, default: usual } = typeof property === "object" ? property : {};
      return constant === undefined || (valueAt(value, [name]) ?? usual) === constant;
    });
  });
  return fits.length === 0 ? forms : fits;
}

function order(a: Location | undefined, b: Location | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
