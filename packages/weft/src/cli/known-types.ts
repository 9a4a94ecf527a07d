import type { Annotation } from "@weft-nlp/core";
import type { BuiltModel } from "@weft-nlp/core/inference";
import { didYouMean } from "@weft-nlp/core/text";
import { entityTypesOf, labelsOf } from "@weft-nlp/core/vocabulary";
import { UsageError } from "@weft-nlp/node/errors";

/**
 * Refuses names of types that do not occur: with nothing to count, every score would be 0.
 *
 * @param types the names after `--types`
 * @param known the types of both sides
 * @throws {UsageError}
 */
export function requireKnownTypes(types: readonly string[] | undefined, known: readonly string[]): void {
  for (const type of types ?? []) {
    if (known.includes(type)) continue;
    throw new UsageError(
      `--types names ${JSON.stringify(type)}, which no entity and no relation has`,
      didYouMean(type, known) ?? "weft data stats lists the types of a file",
    );
  }
}

/** The types of entities and relations that a model knows. */
export function typesKnownTo({ description: { lexicon } }: Pick<BuiltModel, "description">): string[] {
  return [...entityTypesOf(lexicon), ...lexicon.relations.names];
}

/** The types of entities and relations that sentences have, as reports name them. */
export function typesIn(sentences: readonly Annotation[]): string[] {
  const { entityTypes, untyped, relationTypes } = labelsOf(sentences);
  return [...entityTypes, ...(untyped ? ["untyped"] : []), ...relationTypes.names];
}
