import { z } from "zod";
import { ConfigError, DataError, type Location } from "../errors.ts";
import { asObject, asString } from "../json/fields.ts";
import type { Entity, Sentence } from "../schema/index.ts";
import { type TagScheme, tagInventory } from "../text/index.ts";
import { Labels, labelsOf } from "./labels.ts";
import { characterVocabulary, Vocabulary, wordVocabulary } from "./vocabulary.ts";

/** How words become rows of a table, and entities tags. */
export const lexiconSettings = z.strictObject({
  minCount: z.int().min(1).default(1).describe("words seen less often in training are unknown"),
  foldCase: z.boolean().default(false).describe("read words in lower case"),
  foldNumbers: z.boolean().default(false).describe("read every digit as 0"),
  unknown: z.enum(["single", "shape"]).default("single").describe("one row for all unknown words, or one for each shape of word"),
  scheme: z.enum(["bio", "bioes", "bilou"]).default("bioes").describe("how entities become tags"),
});

export type LexiconSettings = z.infer<typeof lexiconSettings>;

/**
 * What a model's inputs read beyond words; the lexicon holds nothing else, so that nothing is
 * written that no model reads.
 */
export interface LexiconNeeds {
  readonly characters?: boolean | undefined;
  /**
   * Part-of-speech tags: only when every training sentence has them, or even when some lack them.
   */
  readonly pos?: "tagged" | "always" | undefined;
}

/**
 * Everything a model knows by name: its words and its labels. Made from the training split alone.
 */
export interface Lexicon {
  readonly words: Vocabulary;
  readonly pos: Vocabulary | undefined;
  /** The characters of words, in their own case. */
  readonly characters?: Vocabulary | undefined;
  /** Whether entities have types. */
  readonly typed: boolean;
  readonly scheme: TagScheme;
  /** In the order of the model's outputs, "O" first. */
  readonly tags: Labels;
  /** In the order of the model's outputs. */
  readonly relations: Labels;
  /**
   * Which types of arguments a relation has, in the form of `argumentTypes`; for models that
   * classify pairs of entities.
   */
  readonly argumentTypes?: Labels | undefined;
}

/** Two entity types as one label. */
export function argumentTypes(head: Entity, tail: Entity): string {
  return `${head.type ?? ""}\t${tail.type ?? ""}`;
}

/** The types that a model gives to entities; none where it does not tell any apart. */
export function entityTypesOf({ tags, typed }: Pick<Lexicon, "tags" | "typed">): string[] {
  // A tag is its position, a hyphen, and its type.
  return typed ? [...new Set(tags.names.filter((tag) => tag.length > 2).map((tag) => tag.slice(2)))] : [];
}

/**
 * @param needs of the model; everything that can be had, by default
 * @throws {ConfigError} SETTING_INVALID when tags are to be read always and no sentence has any
 */
export function buildLexicon(
  train: readonly Sentence[],
  { scheme, ...options }: LexiconSettings,
  { characters = false, pos }: LexiconNeeds = { characters: true, pos: "tagged" },
): Lexicon {
  const { entityTypes, untyped, relationTypes } = labelsOf(train);
  return {
    words: wordVocabulary(train, options),
    pos: pos === undefined ? undefined : posVocabulary(train, pos),
    characters: characters ? characterVocabulary(train) : undefined,
    typed: entityTypes.size > 0,
    scheme,
    tags: Labels.inOrder(tagInventory(untyped ? [null, ...entityTypes] : entityTypes, scheme)),
    relations: relationTypes,
    argumentTypes: argumentsOf(train),
  };
}

function posVocabulary(train: readonly Sentence[], when: "tagged" | "always"): Vocabulary | undefined {
  const tagged = train.filter((sentence) => sentence.pos !== undefined);
  if (when === "tagged" && tagged.length < train.length) return undefined;
  if (when === "always" && tagged.length === 0) {
    throw new ConfigError("SETTING_INVALID", {
      at: { path: "model.inputs.pos.when" },
      message: "no training sentence has part-of-speech tags",
      hint: "set model.inputs.pos to off, or model.inputs.pos.when to tagged",
    });
  }
  return Vocabulary.build(tagged.flatMap((sentence) => sentence.pos ?? []));
}

/**
 * The way back from the file `vocab.json` of a model. A lexicon turns into it by `JSON.stringify`.
 */
export function lexiconFromJson(value: unknown, at: Location = {}): Lexicon {
  const fields = asObject(value, at, "");
  const scheme = asString(fields["scheme"], at, "scheme");
  if (scheme !== "bio" && scheme !== "bioes" && scheme !== "bilou") {
    throw new DataError("FIELD_INVALID", {
      at: { ...at, path: "scheme" },
      message: `expected bio, bioes or bilou, found ${scheme}`,
    });
  }
  return {
    words: Vocabulary.fromJSON(fields["words"], at),
    pos: fields["pos"] === undefined ? undefined : Vocabulary.fromJSON(fields["pos"], at),
    characters: fields["characters"] === undefined ? undefined : Vocabulary.fromJSON(fields["characters"], at),
    typed: fields["typed"] === true,
    scheme,
    tags: Labels.fromJSON(fields["tags"], at),
    relations: Labels.fromJSON(fields["relations"], at),
    argumentTypes: fields["argumentTypes"] === undefined ? undefined : Labels.fromJSON(fields["argumentTypes"], at),
  };
}

function argumentsOf(train: readonly Sentence[]): Labels {
  return Labels.of(
    train.flatMap(({ entities, relations }) =>
      relations.flatMap(({ head, tail }) => {
        const [first, second] = [entities[head], entities[tail]];
        return first === undefined || second === undefined ? [] : [argumentTypes(first, second)];
      }),
    ),
  );
}
