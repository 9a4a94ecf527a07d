import { computed } from "@preact/signals";
import type { Entity, Span } from "@weft-nlp/core";
import { type Annotated, edits } from "./annotation-edit.ts";
import { relationTypes, sentences, type Working } from "./correct-state.ts";

/** A person's decision counts as much as this many suggestions of a model. */
const decided = 5;

/** The words of a span as the text has them, with white space normalised. */
export function wordsOf({ server: { document } }: Pick<Working, "server">, { start, end }: Span): string {
  const [first, last] = [document.tokens[start], document.tokens[end - 1]];
  return first === undefined || last === undefined ? "" : document.text.slice(first.start, last.end).replace(/\s+/gu, " ");
}

/** What the project's sentences say so far: types of words, and relations between types. */
const knowledge = computed(() => {
  const types = new Map<string, Map<string, number>>();
  const relations = new Map<string, Map<string, number>>();
  for (const working of sentences.value.values()) {
    const { entities, relations: own } = working.history.present;
    for (const entity of entities) if (entity.type !== null) count(types, wordsOf(working, entity), entity.type, weight(entity));
    for (const relation of own) {
      const [head, tail] = [entities[relation.head], entities[relation.tail]];
      count(relations, `${head?.type} ${tail?.type}`, relation.type, weight(relation));
    }
  }
  return { types, relations };
});

/** The type that these words have elsewhere in the project; null if they have none. */
export function typeOfWords(words: string): string | null {
  return ranked(knowledge.value.types.get(words))[0] ?? null;
}

/**
 * The relation types for a pair: those that the project has between such types first, the others
 * after them.
 */
export function relationTypesFor({ entities }: Annotated, head: number, tail: number): { fitting: string[]; others: string[] } {
  const fitting = ranked(knowledge.value.relations.get(`${entities[head]?.type} ${entities[tail]?.type}`));
  // Of the others, first those that have such a head or such a tail somewhere.
  const near = (type: string): number =>
    [...knowledge.value.relations].reduce((sum, [pair, seen]) => {
      const [from, to] = pair.split(" ");
      const alike = Number(from === entities[head]?.type) + Number(to === entities[tail]?.type);
      return sum + alike * (seen.get(type) ?? 0);
    }, 0);
  const others = relationTypes.value.filter((type) => !fitting.includes(type));
  return { fitting, others: others.sort((a, b) => near(b) - near(a)) };
}

/** Suggested relations of an entity get a type that fits, if theirs never joins such types. */
export function refitted(before: Annotated, entity: number): Annotated {
  return edits.refit(before, entity, ({ head, tail, type }) => {
    const { fitting } = relationTypesFor(before, head, tail);
    return fitting.includes(type) ? type : (fitting[0] ?? type);
  });
}

function weight({ confidence }: Pick<Entity, "confidence">): number {
  return confidence ?? decided;
}

function count(into: Map<string, Map<string, number>>, key: string, type: string, more: number): void {
  const known = into.get(key) ?? new Map<string, number>();
  into.set(key, known);
  known.set(type, (known.get(type) ?? 0) + more);
}

function ranked(counts: ReadonlyMap<string, number> | undefined): string[] {
  return [...(counts ?? [])].sort(([, a], [, b]) => b - a).map(([type]) => type);
}
