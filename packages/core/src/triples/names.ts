import { ConfigError } from "../errors.ts";
import type { Mention, Statement } from "./statements.ts";

/**
 * Names in every format that has them: an IRI after its base, or the `id` of a graph node. They are
 * built from the percent-encoded content that they name, so the same thing has the same readable
 * name in every file.
 */

/** The default start of IRIs. */
export const defaultBase = "urn:weft:";

/**
 * The name of an entity, from its text and type. Mentions with the same text and type are the same
 * entity. Case is significant; Unicode-equivalent texts are equal (normal form C).
 */
export function entityName({ text, type }: Pick<Mention, "text" | "type">): string {
  const named = encoded(text.normalize("NFC"));
  return type === null ? `entity/${named}` : `entity/${encoded(type)}/${named}`;
}

/** The name of a document, from its id. */
export function documentName(document: string): string {
  return `document/${encoded(document)}`;
}

/** The name of a mention, from its document, character span and type. */
export function mentionName(document: string, mention: Mention): string {
  return `${documentName(document)}#${place(mention)}`;
}

/** The name of a relation between two mentions of a document. */
export function statementName(document: string, { head, relation, tail }: Statement): string {
  return `${documentName(document)}#${place(head)}/${encoded(relation)}/${place(tail)}`;
}

/** The name of a relation type. */
export function relationName(relation: string): string {
  return `relation/${encoded(relation)}`;
}

/** The name of an entity type. */
export function typeName(type: string): string {
  return `type/${encoded(type)}`;
}

/**
 * The name of a model.
 *
 * @param digest as in `ModelIdentity`
 */
export function modelName(digest: string): string {
  return `model/${encoded(digest)}`;
}

/**
 * Checks the base of IRIs.
 *
 * @throws {ConfigError} SETTING_INVALID unless it is an absolute IRI that ends in `/` or `:`
 */
export function checkBase(base: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an IRI has none of them, RFC 3987
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\u0000-\u0020<>"{}|\\^`#?\u007f-\u009f\p{Surrogate}]*[/:]$/u.test(base)) return base;
  throw new ConfigError("SETTING_INVALID", {
    at: { path: "base" },
    message: `expected an absolute IRI that ends in / or :, without ? and #, found ${JSON.stringify(base)}`,
    hint: "for example https://example.org/kb/",
  });
}

/** Encoded types contain no colon, so places are unambiguous. */
function place({ chars, type }: Mention): string {
  return `${chars.start}-${chars.end}${type === null ? "" : `:${encoded(type)}`}`;
}

/** One path segment. `.` and `..` would be read as relative steps, so their dots are encoded. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/^\.{1,2}$/, (dots) => dots.replaceAll(".", "%2E"));
}
