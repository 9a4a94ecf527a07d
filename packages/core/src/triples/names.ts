import { ConfigError } from "../errors.ts";
import type { Mention, Statement } from "./statements.ts";

/**
 * The names of things, in every format that names them: an IRI behind its base, and the `id` of a
 * node in a graph. They are made of what they name, percent-encoded, so the same thing has the same
 * name in every file, and whoever reads a name can see what it is.
 */

/** What IRIs begin with unless said otherwise. */
export const defaultBase = "urn:weft:";

/**
 * A name and a type make an entity: mentions that read the same and have the same type are one, and
 * nothing else is. Letters keep their case; characters that Unicode holds to be the same are the
 * same (normal form C).
 */
export function entityName({ text, type }: Pick<Mention, "text" | "type">): string {
  const named = encoded(text.normalize("NFC"));
  return type === null ? `entity/${named}` : `entity/${encoded(type)}/${named}`;
}

export function documentName(document: string): string {
  return `document/${encoded(document)}`;
}

/** A document, the characters in it, and the type. */
export function mentionName(document: string, mention: Mention): string {
  return `${documentName(document)}#${place(mention)}`;
}

/** A document, the two mentions and the relation between them. */
export function statementName(document: string, { head, relation, tail }: Statement): string {
  return `${documentName(document)}#${place(head)}/${encoded(relation)}/${place(tail)}`;
}

export function relationName(relation: string): string {
  return `relation/${encoded(relation)}`;
}

export function typeName(type: string): string {
  return `type/${encoded(type)}`;
}

/** @param digest as in `ModelIdentity` */
export function modelName(digest: string): string {
  return `model/${encoded(digest)}`;
}

/**
 * Checks what IRIs are to begin with.
 *
 * @throws {ConfigError} SETTING_INVALID where it is no absolute IRI, or names put behind it would
 *   run into its last word
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

/** A colon is never part of an encoded type, so the place cannot be taken for another. */
function place({ chars, type }: Mention): string {
  return `${chars.start}-${chars.end}${type === null ? "" : `:${encoded(type)}`}`;
}

/** One segment of a path. `.` and `..` alone would be taken for steps in a tree. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/^\.{1,2}$/, (dots) => dots.replaceAll(".", "%2E"));
}
