import { DataError, type Location } from "../errors.ts";

/** A JSON object whose fields have not been checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Appends a path to the path of `at`. */
export function within(at: Location, path: string): Location {
  return { ...at, path: at.path && path ? `${at.path}.${path}` : at.path || path };
}

/**
 * Checks that a value is an object.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
export function asObject(value: unknown, at: Location, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(value, "an object", at, path);
  return value as Fields;
}

/**
 * Checks that a value is a list.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
export function asList(value: unknown, at: Location, path: string): readonly unknown[] {
  if (!Array.isArray(value)) wrong(value, "a list", at, path);
  return value as readonly unknown[];
}

/**
 * Checks that a value is a string.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
export function asString(value: unknown, at: Location, path: string): string {
  if (typeof value !== "string") wrong(value, "a string", at, path);
  return value;
}

/**
 * Checks that a value is a number.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
export function asNumber(value: unknown, at: Location, path: string): number {
  if (typeof value !== "number") wrong(value, "a number", at, path);
  return value;
}

/**
 * Checks that a value is a list of strings.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
export function asStrings(value: unknown, at: Location, path: string): readonly string[] {
  return asList(value, at, path).map((item, index) => asString(item, at, `${path}[${index}]`));
}

/**
 * Checks that a value is a pair of numbers, `[start, end]`.
 *
 * @throws {DataError} FIELD_MISSING for `undefined`, FIELD_INVALID for another type
 */
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
