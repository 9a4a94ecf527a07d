import { DataError, type Location } from "../errors.ts";
import { asStrings } from "../json/fields.ts";
import type { Annotation, Sentence } from "../schema/index.ts";

/**
 * A closed set of numbered labels. They are in code-unit order unless the caller gives an order, so
 * equal data gives equal numbers.
 */
export class Labels implements Iterable<string> {
  readonly names: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;

  private constructor(names: readonly string[]) {
    this.names = names;
    this.#indices = new Map(names.map((name, index) => [name, index]));
  }

  /** The distinct names, sorted. */
  static of(names: Iterable<string>): Labels {
    return new Labels([...new Set(names)].sort());
  }

  /**
   * Keeps the given order, for orders with a meaning: a tag inventory, or "none" first. Drops
   * duplicates.
   */
  static inOrder(names: Iterable<string>): Labels {
    return new Labels([...new Set(names)]);
  }

  static fromJSON(value: unknown, at: Location = {}): Labels {
    return Labels.inOrder(asStrings(value, at, "labels"));
  }

  toJSON(): readonly string[] {
    return this.names;
  }

  get size(): number {
    return this.names.length;
  }

  has(name: string): boolean {
    return this.#indices.has(name);
  }

  /** The number of a label; `undefined` if the training data does not have it. */
  find(name: string): number | undefined {
    return this.#indices.get(name);
  }

  /** @throws {DataError} LABEL_UNKNOWN */
  indexOf(name: string, at?: Location): number {
    const index = this.#indices.get(name);
    if (index !== undefined) return index;
    const some = this.names.slice(0, 8).join(", ");
    throw new DataError("LABEL_UNKNOWN", {
      at,
      message: `the label ${JSON.stringify(name)} is not one of the ${this.size} known labels`,
      hint: this.size === 0 ? "there are no labels at all" : `the known labels are ${some}${this.size > 8 ? ", …" : ""}`,
    });
  }

  /** @throws {RangeError} when the number is out of range */
  nameOf(index: number): string {
    const name = this.names[index];
    if (name === undefined) throw new RangeError(`label ${index} of ${this.size}`);
    return name;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.names[Symbol.iterator]();
  }
}

/** The labels that occur in a corpus. */
export interface CorpusLabels {
  readonly entityTypes: Labels;
  /** Whether any entity has no type. */
  readonly untyped: boolean;
  readonly relationTypes: Labels;
  readonly pos: Labels;
}

/** Collects the labels of sentences. Pass the training split alone, so that no label leaks. */
export function labelsOf(sentences: Iterable<Annotation & Pick<Sentence, "pos">>): CorpusLabels {
  const entityTypes = new Set<string>();
  const relationTypes = new Set<string>();
  const pos = new Set<string>();
  let untyped = false;
  for (const sentence of sentences) {
    for (const { type } of sentence.entities) {
      if (type === null) untyped = true;
      else entityTypes.add(type);
    }
    for (const { type } of sentence.relations) relationTypes.add(type);
    for (const tag of sentence.pos ?? []) pos.add(tag);
  }
  return { entityTypes: Labels.of(entityTypes), untyped, relationTypes: Labels.of(relationTypes), pos: Labels.of(pos) };
}
