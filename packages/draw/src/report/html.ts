import { escapeXml } from "@weft-nlp/core/text";

/** Markup that is safe to insert into a page. Only `html` makes it, so that all text is escaped. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

/** A template that escapes its values, unless they are markup. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, index) => `${index === 0 ? "" : markupOf(parts[index - 1] ?? "")}${text}`).join("") };
}

/** Marks a string from another part of this package as markup. */
export function trusted(markup: string): Html {
  return { markup };
}

function markupOf(part: Part): string {
  if (typeof part === "string" || typeof part === "number") return escapeXml(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("\n");
}

/**
 * A value for the inside of a script element of data: JSON in which nothing can end the element.
 */
export function jsonForScript(value: unknown): Html {
  return trusted(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
