import type { Document, Omission } from "@weft-nlp/core";
import { outputFormats } from "@weft-nlp/core/formats";
import type { TripleFormat } from "@weft-nlp/core/triples";
import { tripleFormatOf, tripleFormats } from "@weft-nlp/node/triples";

/** The triple formats that are not also annotation formats, by name. */
export const conversionFormats: Readonly<Record<string, TripleFormat>> = Object.fromEntries(
  Object.entries(tripleFormats).filter(([name]) => !outputFormats.has(name)),
);

/** The triple format for a name, or without a name for an ending; `undefined` if there is none. */
export function conversionTarget(output: string, name: string | undefined): TripleFormat | undefined {
  if (name !== undefined) return Object.hasOwn(conversionFormats, name) ? conversionFormats[name] : undefined;
  const format = tripleFormatOf(output);
  return format === undefined ? undefined : conversionFormats[format.name];
}

/** Passes documents on, and reports what the format omits of each. */
export async function* withOmissions(
  documents: AsyncIterable<Document>,
  { holds, title }: TripleFormat,
  onOmission: (omission: Omission) => void,
): AsyncGenerator<Document> {
  for await (const document of documents) {
    if (holds === "relations") {
      const related = new Set(document.relations.flatMap(({ head, tail }) => [head, tail]));
      for (const index of document.entities.keys()) {
        if (related.has(index)) continue;
        onOmission({
          source: document.id,
          path: `entities[${index}]`,
          reason: `${title} holds relations, and this entity has none`,
        });
      }
    }
    yield document;
  }
}
