import { type Signal, signal } from "@preact/signals";
import type { Entity, Span } from "@weft-nlp/core";
import { isRightToLeft } from "@weft-nlp/draw";
import type { PartName } from "../weft-arcs/drawing-parts.ts";

/** The user's selection in a text: words, and a part of its annotation. */
export interface Marking {
  /** The selected words, from the anchor to the cursor; both are word indexes. */
  readonly words: Signal<{ readonly anchor: number; readonly cursor: number }>;
  /** The part selected in drawing and list. */
  readonly chosen: Signal<PartName | null>;
}

/** A text with its words and its annotation. */
export interface Marked {
  readonly text: string;
  readonly tokens: readonly Span[];
  readonly entities: readonly Entity[];
}

export function newMarking(): Marking {
  return { words: signal({ anchor: 0, cursor: 0 }), chosen: signal(null) };
}

/** The selected words, in tokens, half-open. */
export function markedSpan({ words }: Marking): Span {
  const { anchor, cursor } = words.value;
  return { start: Math.min(anchor, cursor), end: Math.max(anchor, cursor) + 1 };
}

/**
 * The action of a key that moves the cursor; undefined for other keys. Arrows follow the direction
 * of the text.
 */
export function movementOf({ key, shiftKey }: KeyboardEvent, marking: Marking, marked: Marked): (() => void) | undefined {
  const forward = isRightToLeft(marked.text) === true ? -1 : 1;
  const { cursor } = marking.words.value;
  const places: Readonly<Record<string, number>> = {
    ArrowRight: cursor + forward,
    ArrowLeft: cursor - forward,
    Home: 0,
    End: marked.tokens.length - 1,
  };
  const to = places[key];
  return to === undefined ? undefined : () => moveTo(to, shiftKey, marking, marked);
}

/** The smallest entity that contains a word. */
export function entityAt(entities: readonly Entity[], token: number): number | undefined {
  let best: number | undefined;
  for (const [index, { start, end }] of entities.entries()) {
    const known = best === undefined ? undefined : entities[best];
    if (start <= token && token < end && (known === undefined || end - start < known.end - known.start)) best = index;
  }
  return best;
}

/**
 * Moves the cursor to a word and selects the entity around it.
 *
 * @param extend keeps the other end of the selection in place
 */
function moveTo(to: number, extend: boolean, { words, chosen }: Marking, { tokens, entities }: Marked): void {
  const cursor = Math.max(0, Math.min(tokens.length - 1, to));
  words.value = { anchor: extend ? words.value.anchor : cursor, cursor };
  const holder = extend ? undefined : entityAt(entities, cursor);
  chosen.value = holder === undefined ? null : `entity:${holder}`;
}
