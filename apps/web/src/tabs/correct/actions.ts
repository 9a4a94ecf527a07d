import { signal } from "@preact/signals";
import type { Span } from "@weft-nlp/core";
import { entityAt, markedSpan } from "../../parts/marking.ts";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import { edits, partOf } from "./annotation-edit.ts";
import {
  addedTypes,
  chosen,
  current,
  edit,
  entityTypes,
  marking,
  nextSuggestion,
  relating,
  relationTypes,
  remove,
  words,
} from "./correct-state.ts";
import { remember } from "./everywhere.ts";
import { decidedTypeOfWords, likelyRelation, likelyType, refitted, relationTypesFor, typeOfWords, wordsOf } from "./guesses.ts";

/** Whether the palette of types is open. */
export const paletteOpen = signal(false);

/** The part whose type the page guessed, as long as nothing else was done. */
export const guess = signal<PartName | null>(null);

/** Whether the types that apply now are those of relations. */
export function choosesRelation(): boolean {
  return relating.value?.tail !== undefined || chosen.value?.startsWith("relation") === true;
}

/** The types to choose from, the likely ones first. */
export interface Choice {
  readonly types: readonly string[];
  /** How many of them fit the pair; the others follow. */
  readonly fitting: number;
  /** The type that the chosen part has. */
  readonly present: string | null;
}

/** The types that apply now. */
export function typesNow(): Choice {
  const annotated = current.value?.history.present;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  const [entity, relation] = [annotated?.entities[part?.index ?? -1], annotated?.relations[part?.index ?? -1]];
  if (annotated === undefined || !choosesRelation()) {
    const present = part?.kind === "entity" ? (entity?.type ?? null) : null;
    return { types: entityTypes.value, fitting: entityTypes.value.length, present };
  }
  const { head, tail } = relating.value ?? relation ?? { head: -1, tail: -1 };
  const present = relating.value === null ? (relation?.type ?? null) : null;
  const { fitting, others } = relationTypesFor(annotated, head, tail ?? -1);
  if (fitting.length === 0) return { types: relationTypes.value, fitting: relationTypes.value.length, present };
  return { types: [...fitting, ...others], fitting: fitting.length, present };
}

/**
 * Gives the chosen entity, or else the selected words, a type. After a suggestion, the next one is
 * selected.
 *
 * @param isGuess whether the page chose the type, so that the user may still change it
 */
export function markAs(type: string, isGuess = false): void {
  const now = current.value;
  if (now === null) return;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  if (part?.kind === "entity") {
    const entity = now.history.present.entities[part.index];
    edit((before) => refitted(edits.retype(before, part, type), part.index));
    if (entity?.confidence !== undefined) chosen.value = nextSuggestion(null) ?? chosen.value;
    if (entity !== undefined) remember("mark", wordsOf(now, entity), type);
    return;
  }
  const span = markedSpan(marking);
  edit((before) => edits.mark(before, span, type, now.server.document.tokens.length));
  chooseSpan(span);
  guess.value = isGuess ? chosen.value : null;
  remember("mark", wordsOf(now, span), type, isGuess);
}

/** Gives the pending pair or the selected relation a type. */
function relateAs(type: string, isGuess = false): void {
  const pair = relating.value;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  relating.value = null;
  if (pair?.tail !== undefined) {
    const { head, tail } = pair;
    edit((before) => edits.relate(before, head, tail, type));
    const relations = current.value?.history.present.relations ?? [];
    const index = relations.findLastIndex((each) => each.head === head && each.tail === tail);
    chosen.value = index === -1 ? null : `relation:${index}`;
    guess.value = isGuess ? chosen.value : null;
  } else if (part?.kind === "relation") {
    const suggested = current.value?.history.present.relations[part.index]?.confidence !== undefined;
    edit((before) => edits.retype(before, part, type));
    if (suggested) chosen.value = nextSuggestion(null) ?? chosen.value;
  }
}

/** Chooses a type from the palette or the bar, and adds it if it is new. */
export function chooseType(type: string): void {
  const kind = choosesRelation() ? "relation" : "entity";
  if (!(kind === "relation" ? relationTypes : entityTypes).value.includes(type))
    addedTypes.value = { ...addedTypes.value, [kind]: [...addedTypes.value[kind], type] };
  paletteOpen.value = false;
  guess.value = null;
  if (kind === "relation") relateAs(type);
  else markAs(type);
}

/**
 * Takes words that were dragged over. From inside an entity, the drag gives it new words. Elsewhere
 * it marks them, with the type that the same words have in other sentences, or with the likeliest;
 * without any entity to guess from, it asks.
 */
export function takeMark({ start, end, entity }: Span & { readonly entity: number | null }): void {
  const now = current.value;
  if (now === null) return;
  const span = { start, end };
  const { entities } = now.history.present;
  const covered = entities.findIndex(
    (each) => each.confidence !== undefined && each.start >= start && each.end <= end && each.end - each.start < end - start,
  );
  const resized = entity ?? (covered === -1 ? null : covered);
  const count = now.server.document.tokens.length;
  if (resized !== null) {
    const type = decidedTypeOfWords(wordsOf(now, span));
    edit((before) => edits.resize(before, resized, span, count));
    chooseSpan(span);
    if (type !== null && entities[resized]?.confidence !== undefined) markAs(type);
    else remember("mark", wordsOf(now, span), entities[resized]?.type ?? null);
    return;
  }
  words.value = { anchor: start, cursor: end - 1 };
  chosen.value = null;
  const known = typeOfWords(wordsOf(now, span)) ?? (entityTypes.value.length === 1 ? entityTypes.value[0] : null);
  const type = known ?? likelyType(now, span);
  if (type === null) paletteOpen.value = true;
  else markAs(type, known !== type);
}

/** Relates a pair with the only or the likeliest type; if nothing speaks for one, it asks. */
export function takePair({ head, tail }: { readonly head: number; readonly tail: number }): void {
  const now = current.value;
  if (now === null) return;
  relating.value = { head, tail };
  const only = relationTypes.value.length === 1 ? relationTypes.value[0] : undefined;
  const type = only ?? likelyRelation(now, head, tail);
  if (type === null) paletteOpen.value = true;
  else relateAs(type, type !== only);
}

/** The first press sets the head of a relation, the second its tail. */
export function relateHere(): void {
  const now = current.value;
  if (now === null) return;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  const here = part?.kind === "entity" ? part.index : entityAt(now.history.present.entities, words.value.cursor);
  if (here === undefined) return;
  const pair = relating.value;
  if (pair === null || pair.tail !== undefined) relating.value = { head: here };
  else if (pair.head !== here) takePair({ head: pair.head, tail: here });
}

/** Removes a part, and remembers it for other sentences. */
export function removePart(name: PartName): void {
  const now = current.value;
  const { kind, index } = partOf(name);
  const entity = kind === "entity" ? now?.history.present.entities[index] : undefined;
  remove(name);
  if (now !== null && entity !== undefined) remember("remove", wordsOf(now, entity), entity.type);
}

/** Closes what is open, and deselects. */
export function escape(): void {
  paletteOpen.value = false;
  relating.value = null;
  chosen.value = null;
}

function chooseSpan({ start, end }: Span): void {
  const index = current.value?.history.present.entities.findIndex((each) => each.start === start && each.end === end) ?? -1;
  chosen.value = index === -1 ? null : `entity:${index}`;
}
