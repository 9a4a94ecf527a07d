import { DataError, type Location } from "../errors.ts";
import { within } from "../json/fields.ts";
import { FieldNames } from "./shared/field-names.ts";
import type { Omit } from "./shared/records.ts";

/** A relation of a `# relations` comment: the ids of the first and last words of its ends. */
export interface NamedRelation {
  readonly head: readonly [first: string, last: string];
  readonly tail: readonly [first: string, last: string];
  readonly type: string;
  readonly at: Location;
}

/** What the comments before a sentence say. */
export interface SentenceComments {
  readonly id: string | undefined;
  readonly text: string | undefined;
  readonly relations: readonly NamedRelation[];
  /** Comments with other names. */
  readonly others: readonly (readonly [name: string, value: unknown])[];
  /** The document that starts with this sentence; `null` if it has no id. */
  readonly newDocument: string | null | undefined;
}

/** A comment line with its place. */
export interface Comment {
  readonly text: string;
  readonly at: Location;
}

/** The names of the columns in a `# global.columns` line, in lower case. */
export function globalColumns(line: string): readonly string[] | undefined {
  const names = /^# *global\.columns *=(.*)$/.exec(line)?.[1];
  return names?.trim().toLowerCase().split(/\s+/);
}

/**
 * Parses the comments of a sentence. `# sent_id` and flair's `# sentence_id` give its id, and
 * `# newdoc id` starts a document.
 *
 * @throws {DataError} FIELD_INVALID for a relation that is not `first;last;first;last;type`
 */
export function parseComments(comments: readonly Comment[], omit: Omit): SentenceComments {
  let id: string | undefined;
  let text: string | undefined;
  let newDocument: string | null | undefined;
  const relations: NamedRelation[] = [];
  const others: [string, unknown][] = [];
  for (const { text: line, at } of comments) {
    const [, name = "", value = ""] = /^#\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(line) ?? [];
    if (name === "sent_id" || name === "sentence_id") id = value === "" ? id : value;
    else if (name === "text") text = value;
    else if (name === "relations") relations.push(...parseRelations(value, at));
    else if (name === "newdoc" || name === "newdoc id") newDocument = value === "" ? null : value;
    else if (name === "newpar" || name === "newpar id" || (name === "" && value === "")) continue;
    else if (!line.includes("=")) omit("#", "Weft cannot store a comment without a name and a value; it was left out", at);
    else others.push([name, decodeValue(value)]);
    if (relationShape.test(value)) names.check({ [name]: value }, at);
  }
  return { id, text, relations, others, newDocument };
}

const names = new FieldNames({ relations: "text" }, ["text", "sent_id", "sentence_id"]);

/** What no other comment looks like. */
const relationShape = /^\d+;\d+;\d+;\d+;/;

function parseRelations(value: string, at: Location): NamedRelation[] {
  if (value === "" || value === "_") return [];
  return value.split("|").map((item, index) => {
    const [first, last, second, end, ...type] = item.split(";").map((part) => part.trim());
    const path = `relations[${index}]`;
    if (first === undefined || last === undefined || second === undefined || end === undefined || type.length === 0) {
      throw new DataError("FIELD_INVALID", {
        at: within(at, path),
        message: `expected five parts between semicolons, found ${JSON.stringify(item)}`,
        hint: "a relation is first;last;first;last;type: the word numbers of its head, those of its tail, and its type",
      });
    }
    return { head: [first, last], tail: [second, end], type: type.join(";"), at: within(at, path) };
  });
}

const ownNames = new Set(["text", "sent_id", "sentence_id", "relations", "global.columns", "newdoc", "newpar"]);

/** The comments of metadata; reports names that a comment cannot have. */
export function printMetadata(metadata: Readonly<Record<string, unknown>>, omit: Omit): string[] {
  return Object.entries(metadata).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name !== "" && name.trim() === name && !/[=\r\n\t]/.test(name) && !ownNames.has(name.split(" ", 1)[0] ?? ""))
      return [`# ${name} = ${encodeValue(value)}`];
    omit(`metadata.${name}`, "the format cannot hold a comment with this name");
    return [];
  });
}

/** A value is its JSON if it is that of a number, list and so on; anything else is a string. */
function decodeValue(text: string): unknown {
  if (!/^[[{"\-\dtfn]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

function encodeValue(value: unknown): string {
  const plain = typeof value === "string" && value === value.trim() && !/[\r\n]/.test(value) && decodeValue(value) === value;
  return plain ? value : JSON.stringify(value);
}
