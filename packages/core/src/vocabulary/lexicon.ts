import { z } from "zod";
import { ConfigError, DataError, type Location } from "../errors.ts";
import { asNumber, asObject, asString } from "../json/fields.ts";
import { type Entity, overlappingEntities, type Sentence } from "../schema/index.ts";
import { spanKey } from "../schema/span-keys.ts";
import { type TagScheme, tagInventory } from "../text/index.ts";
import { Labels, labelsOf } from "./labels.ts";
import type { WordVectors } from "./vectors/index.ts";
import { characterVocabulary, Vocabulary, wordVocabulary } from "./vocabulary.ts";

/** Settings for how words become rows of a table, and entities tags. */
export const lexiconSettings = z.strictObject({
  minCount: z.int().min(1).default(1).describe("treat words seen less often in training as unknown"),
  foldCase: z.boolean().default(false).describe("convert words to lower case"),
  foldNumbers: z.boolean().default(false).describe("read every digit as 0"),
  unknown: z.enum(["single", "shape"]).default("single").describe("give unknown words one shared row, or one row per word shape"),
  scheme: z.enum(["bio", "bioes", "bilou"]).default("bioes").describe("how to encode entities as tags"),
});

/** The values of `lexiconSettings`. */
export type LexiconSettings = z.infer<typeof lexiconSettings>;

/**
 * The inputs that a model reads beyond words. The lexicon holds nothing else, so a saved model has
 * no unused vocabulary.
 */
export interface LexiconNeeds {
  readonly characters?: boolean | undefined;
  /**
   * Part-of-speech tags: `tagged` uses them if every training sentence has them, `always` even if
   * some lack them.
   */
  readonly pos?: "tagged" | "always" | undefined;
  /** What spans entities have. */
  readonly spans?: boolean | undefined;
}

/** What is known of the spans of the entities in the training split. */
interface EntitySpans {
  /** Words of the longest entity; 0 without entities. */
  readonly longest: number;
  /** Whether entities of a sentence overlap. */
  readonly nested: boolean;
}

/**
 * The vocabularies and label sets of a model, built from the training split and, for words, from
 * word vectors.
 */
export interface Lexicon {
  readonly words: Vocabulary;
  readonly pos: Vocabulary | undefined;
  /** The characters of words, without case folding. */
  readonly characters?: Vocabulary | undefined;
  /** Whether entities have types. */
  readonly typed: boolean;
  readonly scheme: TagScheme;
  /** In the order of the model's outputs, "O" first. */
  readonly tags: Labels;
  /** In the order of the model's outputs. */
  readonly relations: Labels;
  /**
   * The pairs of argument types that relations have, encoded by `argumentTypes`; for models that
   * classify pairs of entities.
   */
  readonly argumentTypes?: Labels | undefined;
  /** For models that find entities by spans. */
  readonly spans?: EntitySpans | undefined;
}

/** Encodes two entity types as one label. */
export function argumentTypes(head: Entity, tail: Entity): string {
  return `${head.type ?? ""}\t${tail.type ?? ""}`;
}

/** The entity types that a model predicts; none if it does not distinguish types. */
export function entityTypesOf({ tags, typed }: Pick<Lexicon, "tags" | "typed">): string[] {
  // A tag is its position, a hyphen, and its type.
  return typed ? [...new Set(tags.names.filter((tag) => tag.length > 2).map((tag) => tag.slice(2)))] : [];
}

/**
 * How the labels of two models differ, in words; `undefined` if they are the same. Models with the
 * same labels have outputs of the same meaning, whatever words they know.
 */
export function labelDifference(one: Lexicon, other: Lexicon): string | undefined {
  if (one.typed !== other.typed) return `entities of ${one.typed ? "one" : "the other"} have types`;
  if (one.scheme !== other.scheme) return `one encodes entities as ${one.scheme}, the other as ${other.scheme}`;
  if (JSON.stringify(one.spans) !== JSON.stringify(other.spans)) return "the entities they learnt from have other spans";
  const kinds = [
    ["entity types", new Set(entityTypesOf(one)), new Set(entityTypesOf(other))],
    ["relation types", new Set(one.relations), new Set(other.relations)],
    ["tags", new Set(one.tags), new Set(other.tags)],
    ["pairs of argument types", new Set(one.argumentTypes), new Set(other.argumentTypes)],
  ] as const;
  for (const [what, first, second] of kinds) {
    const only = (names: ReadonlySet<string>, lacking: ReadonlySet<string>): string =>
      [...names]
        .filter((name) => !lacking.has(name))
        .map((name) => name.replace("\t", " → "))
        .join(", ") || "none";
    const [left, right] = [[...first], [...second]];
    if (left.join("\n") === right.join("\n")) continue;
    if ([...left].sort().join("\n") === [...right].sort().join("\n")) return `their ${what} are in another order`;
    return `${what} that only one has: ${only(first, second)}; that only the other has: ${only(second, first)}`;
  }
  return undefined;
}

/**
 * Builds the lexicon of a model from its training split.
 *
 * @param needs inputs that the model reads; defaults to all that the data offers
 * @param vectors word vectors, whose words the model then knows; defaults to none
 * @throws {ConfigError} SETTING_INVALID when `pos` is `always` and no sentence has tags
 */
export function buildLexicon(
  train: readonly Sentence[],
  { scheme, ...options }: LexiconSettings,
  { characters = false, pos, spans = false }: LexiconNeeds = { characters: true, pos: "tagged", spans: true },
  vectors?: WordVectors,
): Lexicon {
  const { entityTypes, untyped, relationTypes } = labelsOf(train);
  return {
    words: wordVocabulary(train, options, vectors),
    pos: pos === undefined ? undefined : posVocabulary(train, pos),
    characters: characters ? characterVocabulary(train) : undefined,
    typed: entityTypes.size > 0,
    scheme,
    tags: Labels.inOrder(tagInventory(untyped ? [null, ...entityTypes] : entityTypes, scheme)),
    relations: relationTypes,
    argumentTypes: argumentsOf(train),
    spans: spans ? spansOf(train) : undefined,
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
 * Restores a lexicon from the parsed `vocab.json` of a model. `JSON.stringify` writes it.
 *
 * @param vectors the word vectors that the lexicon was built with; defaults to none
 */
export function lexiconFromJson(value: unknown, at: Location = {}, vectors?: WordVectors): Lexicon {
  const fields = asObject(value, at, "");
  const scheme = asString(fields["scheme"], at, "scheme");
  if (scheme !== "bio" && scheme !== "bioes" && scheme !== "bilou") {
    throw new DataError("FIELD_INVALID", {
      at: { ...at, path: "scheme" },
      message: `expected bio, bioes or bilou, found ${scheme}`,
    });
  }
  return {
    words: Vocabulary.fromJSON(fields["words"], at, vectors),
    pos: fields["pos"] === undefined ? undefined : Vocabulary.fromJSON(fields["pos"], at),
    characters: fields["characters"] === undefined ? undefined : Vocabulary.fromJSON(fields["characters"], at),
    typed: fields["typed"] === true,
    scheme,
    tags: Labels.fromJSON(fields["tags"], at),
    relations: Labels.fromJSON(fields["relations"], at),
    argumentTypes: fields["argumentTypes"] === undefined ? undefined : Labels.fromJSON(fields["argumentTypes"], at),
    spans: fields["spans"] === undefined ? undefined : spansFromJson(fields["spans"], at),
  };
}

function spansFromJson(value: unknown, at: Location): EntitySpans {
  const { longest, nested } = asObject(value, at, "spans");
  return { longest: asNumber(longest, at, "spans.longest"), nested: nested === true };
}

function spansOf(train: readonly Sentence[]): EntitySpans {
  let [longest, nested] = [0, false];
  for (const { entities } of train) {
    for (const { start, end } of entities) longest = Math.max(longest, end - start);
    // Two entities with the same span are one to a model.
    const distinct = new Map(entities.map((span) => [spanKey(span), span]));
    nested ||= overlappingEntities([...distinct.values()]).length > 0;
  }
  return { longest, nested };
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
