import { DataError, type Location } from "../errors.ts";

/** A JSON object whose fields are still to be checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** `at` with a path inside the value added. */
export function within(at: Location, path: string): Location {
  return { ...at, path: at.path && path ? `${at.path}.${path}` : at.path || path };
}

/**
 * Each of the following returns the value when it has the type it must have, and throws a DataError
 * with its path when not.
 */
export function asObject(value: unknown, at: Location, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(value, "an object", at, path);
  return value as Fields;
}

export function asList(value: unknown, at: Location, path: string): readonly unknown[] {
  if (!Array.isArray(value)) wrong(value, "a list", at, path);
  return value as readonly unknown[];
}

export function asString(value: unknown, at: Location, path: string): string {
  if (typeof value !== "string") wrong(value, "a string", at, path);
  return value;
}

export function asNumber(value: unknown, at: Location, path: string): number {
  if (typeof value !== "number") wrong(value, "a number", at, path);
  return value;
}

export function asStrings(value: unknown, at: Location, path: string): readonly string[] {
  return asList(value, at, path).map((item, index) => asString(item, at, `${path}[${index}]`));
}

/** A pair of whole numbers, `[start, end]`. */
export function asPair(value: unknown, at: Location, path: string): readonly [number, number] {
  const list = asList(value, at, path);
  if (list.length !== 2) wrong(value, "a pair [start, end]", at, path);
  return [asNumber(list[0], at, `${path}[0]`), asNumber(list[1], at, `${path}[1]`)];
}

function wrong(value: unknown, expected: string, at: Location, path: string): never {
  const missing = value === undefined;
  const message = missing ? `the field is missing, expected ${expected}` : `expected ${expected}, found ${describe(value)}`;
  throw new DataError(missing ? "FIELD_MISSING" : "FIELD_INVALID", { at: within(at, path), message });
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
