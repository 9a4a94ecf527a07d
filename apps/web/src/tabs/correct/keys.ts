import { isRightToLeft } from "@weft/core";
import { entityAt } from "./annotation-edit.ts";
import {
  accept,
  chosen,
  current,
  doneAndNext,
  entityTypes,
  goTo,
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

/** Everything that can be done to a sentence, by keyboard. Keys of fields and of buttons stay theirs. */
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
  const forward = isRightToLeft(now.server.text) === true ? -1 : 1;
  const { cursor } = words.value;
  const last = now.server.tokens.length - 1;
  const acts: Readonly<Record<string, Act>> = {
    ArrowRight: () => move(cursor + forward, event.shiftKey),
    ArrowLeft: () => move(cursor - forward, event.shiftKey),
    Home: () => move(0, event.shiftKey),
    End: () => move(last, event.shiftKey),
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

function move(cursor: number, extend: boolean): void {
  const tokens = current.value?.server.tokens.length ?? 0;
  const to = Math.max(0, Math.min(tokens - 1, cursor));
  words.value = { anchor: extend ? words.value.anchor : to, cursor: to };
  const holder = extend || current.value === null ? undefined : entityAt(current.value.history.present, to);
  chosen.value = holder === undefined ? null : `entity:${holder}`;
}

function here(): ReturnType<typeof nextSuggestion> {
  if (chosen.value !== null) return chosen.value;
  const holder = current.value === null ? undefined : entityAt(current.value.history.present, words.value.cursor);
  return holder === undefined ? null : `entity:${holder}`;
}

function removeHere(): void {
  const part = here();
  if (part !== null) remove(part);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
