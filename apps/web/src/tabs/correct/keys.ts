import { keysShown } from "../../keys-shown.ts";
import { entityAt, movementOf } from "../../parts/marking.ts";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import { chooseType, escape, markAs, paletteOpen, relateHere, removePart, typesNow } from "./actions.ts";
import { edits } from "./annotation-edit.ts";
import { accept, chosen, current, edit, entityTypes, marking, nextSuggestion, redo, undo, words } from "./correct-state.ts";
import { correctEverywhere, toggleAlways } from "./everywhere.ts";
import { doneAndNext, goBy, skipSentence } from "./rail-state.ts";

/** The keyboard shortcuts of a sentence. Fields and buttons keep their own keys. */
export function onKey(event: KeyboardEvent): void {
  const now = current.value;
  const { target, key } = event;
  const command = event.ctrlKey || event.metaKey;
  if (now === null || event.altKey || keysShown.value) return;
  // The palette takes letters and numbers itself, but the sentence can be finished from it.
  const finishes = command && key === "Enter" && target instanceof Element && target.closest(".palette") !== null;
  if (isField(target) && !finishes) return;
  const act = command
    ? commandOf(event)
    : target instanceof HTMLButtonElement && [" ", "Enter"].includes(key)
      ? undefined
      : plainOf(event);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

type Act = () => void;

function commandOf({ key, shiftKey }: KeyboardEvent): Act | undefined {
  const letter = key.toLowerCase();
  if (letter === "z") return shiftKey ? redo : undo;
  if (letter === "y") return redo;
  return key === "Enter" ? doneAndNext : undefined;
}

function plainOf(event: KeyboardEvent): Act | undefined {
  const { key } = event;
  const now = current.value;
  if (now === null) return undefined;
  if (/^[1-9]$/.test(key)) {
    const type = typesNow().types[Number(key) - 1];
    return type === undefined ? undefined : () => chooseType(type);
  }
  const movement = movementOf(event, marking, { ...now.server.document, entities: now.history.present.entities });
  if (movement !== undefined) return movement;
  const acts: Readonly<Record<string, Act>> = {
    Enter: () => {
      const part = here() ?? nextSuggestion(null);
      if (part !== null) accept(part);
    },
    Delete: removeHere,
    Backspace: removeHere,
    Escape: escape,
    F2: openPalette,
    c: openPalette,
    e: () => {
      const [type] = entityTypes.value;
      if (type !== undefined) markAs(type);
    },
    r: relateHere,
    s: () => {
      chosen.value = nextSuggestion(chosen.value);
    },
    ".": () => choosePart(1),
    ",": () => choosePart(-1),
    a: event.shiftKey ? toggleAlways : correctEverywhere,
    n: () => goBy(1),
    p: () => goBy(-1),
    k: skipSentence,
    f: () => edit((before) => edits.noted(before, { flagged: before.note?.flagged !== true })),
    m: writeComment,
    "/": () => document.getElementById("rail-search")?.focus(),
  };
  return acts[key.length === 1 ? key.toLowerCase() : key];
}

function openPalette(): void {
  paletteOpen.value = true;
}

/** Opens the field of the comment first if it is not there. */
function writeComment(): void {
  document.getElementById("add-comment")?.click();
  setTimeout(() => document.getElementById("comment")?.focus());
}

/** Goes through entities, then relations, in their order. */
function choosePart(direction: 1 | -1): void {
  const present = current.value?.history.present;
  const names: PartName[] = [
    ...(present?.entities ?? []).map((_, index): PartName => `entity:${index}`),
    ...(present?.relations ?? []).map((_, index): PartName => `relation:${index}`),
  ];
  const at = chosen.value === null ? (direction === 1 ? -1 : 0) : names.indexOf(chosen.value);
  chosen.value = names[(at + direction + names.length) % Math.max(1, names.length)] ?? null;
}

function here(): PartName | null {
  if (chosen.value !== null) return chosen.value;
  const holder = current.value === null ? undefined : entityAt(current.value.history.present.entities, words.value.cursor);
  return holder === undefined ? null : `entity:${holder}`;
}

function removeHere(): void {
  const part = here();
  if (part !== null) removePart(part);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
