import { escapeXml } from "@weft-nlp/core/text";

/**
 * Markup that is safe to put into a page as it is. Made by `html`, so that no text reaches a page
 * without being escaped.
 */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | readonly Html[];

/** A template whose values are escaped, unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, index) => `${index === 0 ? "" : markupOf(parts[index - 1] ?? "")}${text}`).join("") };
}

/** Markup that another part of this package has made. */
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
