import { entityAt, movementOf } from "../../parts/marking.ts";
import {
  accept,
  chosen,
  current,
  doneAndNext,
  entityTypes,
  goTo,
  marking,
  nextSuggestion,
  position,
  redo,
  relating,
  relationTypes,
  remove,
  undo,
  words,
} from "./correct-state.ts";
import { choosesRelation, markAs, relateAs, relateHere } from "./type-bar.tsx";

/** The keyboard shortcuts of a sentence. Fields and buttons keep their own keys. */
export function onKey(event: KeyboardEvent): void {
  const now = current.value;
  const { target, key } = event;
  if (now === null || event.altKey || isField(target)) return;
  const command = event.ctrlKey || event.metaKey;
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
  const { key, target } = event;
  if (target instanceof Element && target.closest("weft-arcs") !== null && /^(Arrow|Home|End|Enter| )/.test(key))
    return undefined;
  const now = current.value;
  if (now === null) return undefined;
  if (/^[1-9]$/.test(key)) {
    const type = (choosesRelation() ? relationTypes : entityTypes).value[Number(key) - 1];
    return type === undefined ? undefined : () => (choosesRelation() ? relateAs(type) : markAs(type));
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
    Escape: () => {
      relating.value = null;
      chosen.value = null;
    },
    e: () => {
      const [type] = entityTypes.value;
      if (type !== undefined) markAs(type);
    },
    r: relateHere,
    s: () => {
      chosen.value = nextSuggestion(chosen.value);
    },
    n: () => void goTo(position.value + 1),
    p: () => void goTo(position.value - 1),
  };
  return acts[key.length === 1 ? key.toLowerCase() : key];
}

function here(): ReturnType<typeof nextSuggestion> {
  if (chosen.value !== null) return chosen.value;
  const holder = current.value === null ? undefined : entityAt(current.value.history.present.entities, words.value.cursor);
  return holder === undefined ? null : `entity:${holder}`;
}

function removeHere(): void {
  const part = here();
  if (part !== null) remove(part);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
