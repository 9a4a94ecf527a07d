import type { JsonSchema } from "./json-schema.ts";

/** Values for fields by their names, from one small document. */
const byName: Readonly<Record<string, unknown>> = {
  text: "Mara Voss founded Acme.",
  tokens: ["Mara", "Voss", "founded", "Acme", "."],
  offsets: [
    [0, 4],
    [5, 9],
    [10, 17],
    [18, 22],
    [22, 23],
  ],
  sentences: [[0, 5]],
  entities: [
    { start: 0, end: 2, startChar: 0, endChar: 9, text: "Mara Voss", type: "PER", confidence: 0.98 },
    { start: 3, end: 4, startChar: 18, endChar: 22, text: "Acme", type: "ORG", confidence: 0.97 },
  ],
  relations: [{ head: 0, tail: 1, type: "founded", confidence: 0.91 }],
  texts: ["Mara Voss founded Acme."],
  name: "news",
  model: "news",
  code: "MODEL_UNKNOWN",
  message: "there is no model with this name",
  detail: "there is no model with this name",
  hint: "use one of news, law",
  instance: "urn:uuid:0b2f8a86-1d3c-4a5e-9d0e-2f6f1c8a7b11",
  title: "Not Found",
};

/** Optional fields that an example has. */
const shown: ReadonlySet<string> = new Set(["text", "texts"]);

/** How deep lists that may be empty are filled. */
const maxDepth = 8;

/**
 * A value that a schema accepts: values of one small document where they fit, and else the simplest
 * one.
 *
 * @param name of the field that has this schema
 */
export function exampleOf(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>, name: string, depth = 0): unknown {
  const known = byName[name];
  const resolved = resolve(schema, named);
  if (known !== undefined && fits(known, resolved, named)) return known;
  const { properties, required = [], enum: choices, anyOf, oneOf, items, prefixItems, minItems = 0, type } = resolved;
  if ("const" in resolved) return resolved.const;
  if (choices !== undefined) return choices[0];
  const options = anyOf ?? oneOf;
  if (options !== undefined) {
    const object = options.find((each) => resolve(each, named).type === "object") ?? options[0] ?? {};
    return exampleOf(object, named, name, depth);
  }
  if (prefixItems !== undefined) return prefixItems.map((each, k) => k + (exampleOf(each, named, "", depth + 1) as number));
  const kind = [type].flat()[0];
  if (kind === "array") {
    if (items === undefined || (depth > maxDepth && minItems === 0)) return [];
    return [exampleOf(items, named, "", depth + 1)];
  }
  if (kind === "object") {
    const fields = Object.entries(properties ?? {}).filter(
      ([field, each]) =>
        required.includes(field) || (shown.has(field) && depth === 0 && fits(byName[field], resolve(each, named), named)),
    );
    return Object.fromEntries(fields.map(([field, each]) => [field, exampleOf(each, named, field, depth + 1)]));
  }
  return plainValue(resolved, kind);
}

function plainValue({ minimum, format, minLength = 0, pattern }: JsonSchema, kind: string | undefined): unknown {
  if (kind === "integer" || kind === "number") return Math.max(0, minimum ?? 0);
  if (kind === "boolean") return true;
  if (kind === "null") return null;
  if (format === "date-time") return "2026-01-31T12:00:00Z";
  if (pattern?.startsWith("^\\d") === true) return "3";
  return kind === "string" ? "a".repeat(Math.max(1, minLength)) : {};
}

function resolve(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const target = schema.$ref === undefined ? undefined : named[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
  return target ?? schema;
}

/** Whether a value has the shape of a schema, as far as the values above need it. */
function fits(value: unknown, schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): boolean {
  const {
    type,
    items,
    prefixItems,
    properties,
    required = [],
    additionalProperties,
    enum: choices,
    anyOf,
    pattern,
  } = resolve(schema, named);
  if (anyOf !== undefined) return anyOf.some((each) => fits(value, each, named));
  if (choices !== undefined && !choices.includes(value)) return false;
  if (prefixItems !== undefined) return Array.isArray(value) && value.length === prefixItems.length;
  const kinds = [type].flat();
  if (Array.isArray(value))
    return kinds.includes("array") && value.every((each) => items === undefined || fits(each, items, named));
  if (typeof value === "string")
    return kinds.includes("string") && (pattern === undefined || new RegExp(pattern, "u").test(value));
  if (typeof value === "number") return kinds.includes("number") || (kinds.includes("integer") && Number.isInteger(value));
  if (typeof value !== "object" || value === null) return kinds.includes(value === null ? "null" : typeof value);
  if (!kinds.includes("object") || required.some((field) => !(field in value))) return false;
  return Object.entries(value).every(([field, each]) => {
    const known = properties?.[field];
    return known === undefined ? additionalProperties !== false : fits(each, known, named);
  });
}
