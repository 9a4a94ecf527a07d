import type { Location } from "../../errors.ts";
import { asNumber, asObject, asString, type Fields } from "../../json/fields.ts";

/**
 * Converts records of former versions to the present form. Those answers of the server and JSON
 * dumps of documents gave tokens as offsets in the text.
 */
export function presentForm(fields: Fields, at: Location): Fields {
  const { tokens, metadata, omissions: _, ...rest } = fields;
  if (!Array.isArray(tokens) || typeof tokens[0] !== "object") return fields;
  const places = tokens.map((token, index) => asObject(token, at, `tokens[${index}]`));
  const text = asString(fields["text"], at, "text");
  const words = places.map(({ text: word, start, end }, index) =>
    word === undefined
      ? text.slice(asNumber(start, at, `tokens[${index}].start`), asNumber(end, at, `tokens[${index}].end`))
      : asString(word, at, `tokens[${index}].text`),
  );
  return {
    ...rest,
    tokens: words,
    offsets: places.map(({ start, end }) => [start, end]),
    ...(metadata === undefined ? {} : { meta: metadata }),
  };
}
