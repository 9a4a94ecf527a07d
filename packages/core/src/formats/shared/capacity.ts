/**
 * What a format can hold. `fitDocument` reduces a document to it and reports the loss, the shared
 * tests generate documents from it, and docs/formats.md prints it.
 */
export interface Capacity {
  /**
   * The unit of one record. If it is a sentence, a document of several sentences becomes several
   * records.
   */
  readonly record: "document" | "sentence";
  /** Keeps the text with its own spacing; otherwise tokens are joined by single spaces. */
  readonly text: boolean;
  /** False if the text is kept, but its line breaks become spaces. Defaults to true. */
  readonly lineBreaks?: false | undefined;
  /** Keeps the tokens; otherwise reading tokenises the text again. */
  readonly tokens: boolean;
  /**
   * How a mention is located. `words` gives its words alone, so repeated mentions cannot be
   * distinguished.
   */
  readonly offsets: "tokens" | "code points" | "UTF-16 units" | "words";
  /** A mention is its last word alone; longer ones are reduced to it. */
  readonly lastWords?: true | undefined;
  /** `in relations` if an entity exists only as the end of a relation. */
  readonly entities: "all" | "in relations";
  /** Whether entities have types: `always` (required), `optional` or `never`. */
  readonly entityTypes: "always" | "optional" | "never";
  /** Matches the type names that can be written. Defaults to any name. */
  readonly typeNames?: RegExp | undefined;
  readonly relations: boolean;
  /** Nested or crossing entities. */
  readonly overlapping: boolean;
  /**
   * Relations name spans, or labels are attached to them, so two entities with the same span cannot
   * be distinguished.
   */
  readonly oneTypeASpan?: true | undefined;
  /** Repeats of the same span and type, or of the same relation. */
  readonly duplicates: boolean;
  /** Relations whose ends are in different sentences. */
  readonly crossSentence: boolean;
  /**
   * Discontinuous mentions in the file. Weft's documents cannot hold them, so reading reports them.
   */
  readonly discontinuous: boolean;
  readonly confidence: boolean;
  /** The document's id. */
  readonly ids: boolean;
  readonly pos: boolean;
  readonly metadata: boolean;
}
