import * as z from "zod";
import { ConfigError } from "./errors.ts";

/** What a definition needs to be listed in a catalogue. */
export interface Named {
  readonly name: string;
}

/**
 * The definitions of one kind by name, built in or registered by plugins, in order of registration.
 *
 * Code that offers a choice (the configuration schema, the command line, tables in the docs,
 * contract tests) reads the catalogue each time it runs, so definitions registered later appear
 * like any other.
 */
export class Catalogue<Definition extends Named> implements Iterable<Definition> {
  /** The singular noun for a definition: "model", "format". */
  readonly kind: string;
  readonly #byName = new Map<string, Definition>();

  constructor(kind: string, definitions: Iterable<Definition> = []) {
    this.kind = kind;
    for (const definition of definitions) this.register(definition);
  }

  /**
   * Adds a definition. Registering the same object again has no effect.
   *
   * @returns the definition, so that a module can export what it registers
   * @throws {ConfigError} SETTING_INVALID when another definition already has the name
   */
  register<Own extends Definition>(definition: Own): Own {
    const { name } = definition;
    const known = this.#byName.get(name);
    if (known !== undefined && known !== definition) {
      throw new ConfigError("SETTING_INVALID", {
        message: `a ${this.kind} called ${name} is already registered`,
        hint: "choose another name",
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

  /** @throws {ConfigError} SETTING_INVALID, listing the existing names */
  get(name: string): Definition {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    throw new ConfigError("SETTING_INVALID", {
      message: `there is no ${this.kind} called ${name}`,
      hint: `choose from ${this.names.join(", ")}; load your own first with --plugin`,
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

/**
 * A schema made from what a catalogue lists. It is made again when more has been registered.
 *
 * Checks belong inside `make`: a check on the result would be one on a copy, which no longer
 * follows.
 */
export function schemaFrom<Schema extends z.ZodType>(catalogue: Catalogue<Named>, make: () => Schema): z.ZodLazy<Schema> {
  let made: { readonly size: number; readonly schema: Schema } | undefined;
  const current = (): Schema => {
    if (made?.size !== catalogue.size) made = { size: catalogue.size, schema: make() };
    return made.schema;
  };
  const lazy = z.lazy(current);
  // Of a lazy schema, zod asks once and keeps the answer.
  Object.defineProperty(lazy._zod, "innerType", { configurable: true, get: current });
  return lazy;
}
