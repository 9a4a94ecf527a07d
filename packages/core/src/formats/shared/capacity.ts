/**
 * What a format can hold without omission. `fitDocument` cuts a document down to it and reports
 * what went, the shared tests make their documents by it, and docs/formats.md prints it.
 */
export interface Capacity {
  /** What one record is. Where it is a sentence, a document of several becomes several records. */
  readonly record: "document" | "sentence";
  /** The text with its own spacing; else the tokens joined by single spaces. */
  readonly text: boolean;
  /** The tokens; else they are found anew when reading. */
  readonly tokens: boolean;
  /**
   * How a mention is placed. `words` names its words alone, so that repeated mentions cannot be
   * told apart.
   */
  readonly offsets: "tokens" | "code points" | "UTF-16 units" | "words";
  /** A mention is its last word alone; longer ones are cut down to it. */
  readonly lastWords?: true | undefined;
  /** `in relations` where an entity stands only as the end of a relation. */
  readonly entities: "all" | "in relations";
  /**
   * `always` where every entity must have a type, `optional` where it may, `never` where it cannot.
   */
  readonly entityTypes: "always" | "optional" | "never";
  /** What is true of a type's name that can be written; no limit where left out. */
  readonly typeNames?: RegExp | undefined;
  readonly relations: boolean;
  /** Entities inside others, or crossing them. */
  readonly overlapping: boolean;
  /**
   * Relations name spans, or labels hang on them, so that a second entity with the same span cannot
   * be told from the first.
   */
  readonly oneTypeASpan?: true | undefined;
  /** The same span with the same type, or the same relation, twice. */
  readonly duplicates: boolean;
  /** Relations whose ends lie in different sentences. */
  readonly crossSentence: boolean;
  /**
   * Mentions of several pieces in the file. Weft's documents hold none, so reading reports them.
   */
  readonly discontinuous: boolean;
  readonly confidence: boolean;
  /** The document's own id. */
  readonly ids: boolean;
  readonly pos: boolean;
  readonly metadata: boolean;
}
