import { ConfigError } from "./errors.ts";

/** What a catalogue asks of the things that it lists. */
export interface Named {
  readonly name: string;
}

/**
 * Things of one kind by name, ours and yours, in the order in which they were registered.
 *
 * Whatever offers a choice (the configuration's schema, the command line, tables in the docs,
 * contract tests) walks the catalogue when it is asked, so what is registered later is a choice
 * like any other.
 */
export class Catalogue<Definition extends Named> implements Iterable<Definition> {
  /** What the things are, in the singular: "model", "format". */
  readonly kind: string;
  readonly #byName = new Map<string, Definition>();

  constructor(kind: string, definitions: Iterable<Definition> = []) {
    this.kind = kind;
    for (const definition of definitions) this.register(definition);
  }

  /**
   * Adds a definition.
   *
   * @returns the definition, so that a module can export what it registers
   * @throws {ConfigError} SETTING_INVALID when another definition has the name already
   */
  register<Own extends Definition>(definition: Own): Own {
    const { name } = definition;
    const known = this.#byName.get(name);
    if (known !== undefined && known !== definition) {
      throw new ConfigError("SETTING_INVALID", {
        message: `there is a ${this.kind} called ${name} already`,
        hint: "give yours another name",
      });
    }
    this.#byName.set(name, definition);
    return definition;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  find(name: string): Definition | undefined {
    return this.#byName.get(name);
  }

  /** @throws {ConfigError} SETTING_INVALID with the names that exist */
  get(name: string): Definition {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    throw new ConfigError("SETTING_INVALID", {
      message: `there is no ${this.kind} called ${name}`,
      hint: `choose from ${this.names.join(", ")}; one of your own must be loaded first (--plugin)`,
    });
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  get size(): number {
    return this.#byName.size;
  }

  [Symbol.iterator](): IterableIterator<Definition> {
    return this.#byName.values();
  }
}
