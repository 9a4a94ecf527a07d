import { computed } from "@preact/signals";
import type { Entity, Span } from "@weft-nlp/core";
import { type Annotated, edits } from "./annotation-edit.ts";
import { relationTypes, sentences, type Working } from "./correct-state.ts";
import { ClueCounts, cluesOf, saidIn } from "./word-clues.ts";

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
  const totals = new Map<string, number>();
  const cues = new Map<string, Map<string, number>>();
  for (const working of sentences.value.values()) {
    const { entities, relations: own } = working.history.present;
    for (const entity of entities) if (entity.type !== null) count(types, wordsOf(working, entity), entity.type, weight(entity));
    for (const relation of own) {
      const [head, tail] = [entities[relation.head], entities[relation.tail]];
      count(relations, pairOf(head, tail), relation.type, weight(relation));
      totals.set(relation.type, (totals.get(relation.type) ?? 0) + weight(relation));
      if (relation.confidence === undefined && head !== undefined && tail !== undefined)
        count(cues, between(working, head, tail).join(" "), relation.type, 1);
    }
  }
  return { types, relations, totals, cues };
});

/** The type that these words have elsewhere in the project; null if they have none. */
export function typeOfWords(words: string): string | null {
  return ranked(knowledge.value.types.get(words))[0] ?? null;
}

/** The type that a person gave these words elsewhere in the project; null without one. */
export function decidedTypeOfWords(words: string): string | null {
  const [best] = ranked(knowledge.value.types.get(words));
  return best !== undefined && (knowledge.value.types.get(words)?.get(best) ?? 0) >= decided ? best : null;
}

/** The words between two entities, in small letters. */
function between({ server: { document } }: Pick<Working, "server">, one: Span, other: Span): string[] {
  const [first, last] = one.start < other.start ? [one, other] : [other, one];
  return document.tokens.slice(first.end, last.start).map(({ text }) => text.toLowerCase());
}

/** As many entities of a project are enough to guess types from. */
const enoughEntities = 20_000;

const clues = computed(() => {
  const counts = new ClueCounts();
  let seen = 0;
  for (const working of sentences.value.values()) {
    const { entities } = working.history.present;
    if (entities.length === 0) continue;
    const words = working.server.document.tokens.map(({ text }) => text);
    for (const entity of entities) if (entity.type !== null) counts.add(entity.type, cluesOf(words, entity), weight(entity));
    seen += entities.length;
    if (seen > enoughEntities) break;
  }
  return counts;
});

/** The type that words most likely have, by the project's other entities; null if it has none. */
export function likelyType({ server: { document } }: Pick<Working, "server">, span: Span): string | null {
  const words = document.tokens.map(({ text }) => text);
  return clues.value.likeliest(cluesOf(words, span));
}

/**
 * The type that a relation most likely has: by the types of its two entities in the project, and by
 * the words between them, which often say the type's name; null if nothing speaks for one.
 */
export function likelyRelation(working: Working, head: number, tail: number): string | null {
  const { entities } = working.history.present;
  const [from, to] = [entities[head], entities[tail]];
  if (from === undefined || to === undefined) return null;
  const said = between(working, from, to);
  const { relations, totals, cues } = knowledge.value;
  const cue = cues.get(said.join(" "));
  const seen = relations.get(pairOf(from, to));
  const ofPair = [...(seen?.values() ?? [])].reduce((sum, each) => sum + each, 0);
  let best: { readonly type: string; readonly score: number } | null = null;
  for (const type of new Set([...ranked(seen), ...relationTypes.value])) {
    const own = seen?.get(type) ?? 0;
    // A type that the project has, but never between such entities, needs more to speak for it.
    const fits = own > 0 ? 0.5 + own / ofPair : totals.has(type) ? -1 : 0;
    // What a person said of the same words counts most.
    const score = 3 * (cue?.get(type) ?? 0) + 2 * saidIn(type, said) + fits;
    if (score > (best?.score ?? 0)) best = { type, score };
  }
  return best?.type ?? null;
}

/**
 * The relation types for a pair: those that the project has between such types first, the others
 * after them.
 */
export function relationTypesFor({ entities }: Annotated, head: number, tail: number): { fitting: string[]; others: string[] } {
  const fitting = ranked(knowledge.value.relations.get(pairOf(entities[head], entities[tail])));
  // Of the others, first those that have such a head or such a tail somewhere.
  const near = (type: string): number =>
    [...knowledge.value.relations].reduce((sum, [pair, seen]) => {
      const [from, to] = pair.split("\t");
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

/** The types of two entities as one key; type names may have spaces, but no tabs. */
function pairOf(head: Entity | undefined, tail: Entity | undefined): string {
  return `${head?.type}\t${tail?.type}`;
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
