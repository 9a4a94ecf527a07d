import { computed, signal } from "@preact/signals";
import type { Span } from "@weft-nlp/core";
import { type Annotated, edits, partOf } from "./annotation-edit.ts";
import { current, editSentence, sentences, undoSentence, type Working } from "./correct-state.ts";
import { refitted, wordsOf } from "./guesses.ts";

/** A correction of one entity, told by its words so that it fits other sentences. */
export interface Correction {
  readonly kind: "mark" | "remove";
  readonly words: string;
  readonly type: string;
}

/** The last correction that may be right in other sentences too. */
export const lastCorrection = signal<Correction | null>(null);
/** Whether every correction is made in all open sentences at once. */
export const always = signal(false);
/** The sentences that the last "everywhere" changed, to take it back. */
export const changedEverywhere = signal<{ readonly correction: Correction; readonly ids: readonly number[] } | null>(null);

/** The open sentences besides the current one in which the last correction changes something. */
export const alsoIn = computed<readonly number[]>(() => {
  const correction = lastCorrection.value;
  if (correction === null) return [];
  return [...sentences.value]
    .filter(([, working]) => working !== current.value && !working.history.present.done)
    .filter(([, working]) => corrected(working, correction)(working.history.present) !== working.history.present)
    .map(([id]) => id);
});

/** Whether the type of the last correction is a guess that the user has not confirmed yet. */
let guessed = false;

/**
 * Remembers what happened to an entity.
 *
 * @param isGuess whether its type is a guess, which is corrected everywhere only once the user goes
 *   on and leaves it as it is
 */
export function remember(kind: Correction["kind"], words: string, type: string | null, isGuess = false): void {
  if (lastCorrection.value?.words !== words) settle();
  lastCorrection.value = type === null || words === "" ? null : { kind, words, type };
  changedEverywhere.value = null;
  guessed = isGuess;
  if (always.value && !isGuess) correctEverywhere();
}

/** Takes a guess that the user left as it is for a correction. */
export function settle(): void {
  if (guessed && always.value) correctEverywhere();
  guessed = false;
}

/** Makes this correction, and from now on each, in all open sentences; or stops that. */
export function toggleAlways(): void {
  always.value = !always.value;
  if (always.value) correctEverywhere();
}

/** Makes the last correction in all open sentences. */
export function correctEverywhere(): void {
  const [correction, ids] = [lastCorrection.value, alsoIn.value];
  if (correction === null || ids.length === 0) return;
  for (const id of ids) {
    const working = sentences.value.get(id);
    if (working !== undefined) editSentence(id, corrected(working, correction));
  }
  lastCorrection.value = null;
  changedEverywhere.value = { correction, ids };
}

/** Takes back what `correctEverywhere` did. */
export function undoEverywhere(): void {
  for (const id of changedEverywhere.value?.ids ?? []) undoSentence(id);
  lastCorrection.value = changedEverywhere.value?.correction ?? null;
  changedEverywhere.value = null;
}

/** The correction as an edit of one sentence. It never touches what a person has accepted. */
function corrected(working: Working, { kind, words, type }: Correction): (before: Annotated) => Annotated {
  return (before) => {
    if (kind === "remove") {
      const wrong = before.entities.flatMap((entity, index) =>
        entity.confidence !== undefined && entity.type === type && wordsOf(working, entity) === words ? [index] : [],
      );
      return wrong.reduceRight((now, index) => edits.remove(now, { kind: "entity", index }), before);
    }
    const { tokens } = working.server.document;
    return placesOf(working, words).reduce((now, span) => markOver(now, span, type, tokens.length), before);
  };
}

/**
 * Marks words. A suggestion that overlaps them gets their extent and type, so that it keeps its
 * relations; what a person accepted stays.
 */
function markOver(before: Annotated, span: Span, type: string, tokens: number): Annotated {
  const overlapping = before.entities.flatMap((entity, index) =>
    entity.start < span.end && span.start < entity.end ? [{ entity, index }] : [],
  );
  if (overlapping.some(({ entity }) => entity.confidence === undefined)) return before;
  const [first] = overlapping;
  if (first === undefined) return edits.mark(before, span, type, tokens);
  const typed = refitted(edits.retype(before, partOf(`entity:${first.index}`), type), first.index);
  return edits.resize(typed, first.index, span, tokens);
}

/** Every place where a sentence has these words. */
function placesOf(working: Working, words: string): Span[] {
  const { tokens, text } = working.server.document;
  if (!text.replace(/\s+/gu, " ").includes(words)) return [];
  const places: Span[] = [];
  for (let start = 0; start < tokens.length; start++) {
    if (!words.startsWith(tokens[start]?.text ?? "\0")) continue;
    for (let end = start + 1; end <= tokens.length; end++) {
      const found = wordsOf(working, { start, end });
      if (found === words) places.push({ start, end });
      if (found.length >= words.length) break;
    }
  }
  return places;
}
