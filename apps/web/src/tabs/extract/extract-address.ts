import { effect } from "@preact/signals";
import { keepInAddress, route } from "../../route.ts";
import { exampleText } from "./example-text.ts";
import { chosenModel, entityThreshold, relationThreshold, text, view } from "./extract-state.ts";
import { idOf, recent } from "./recent-documents.ts";

/** UTF-16 units of a text that fits into an address in every browser and most chat programs. */
const maxUnits = 1500;
const draftUnder = "weft-draft";
/** Not for every letter. */
const pauseMs = 300;

/**
 * Takes text, model, thresholds and view from the address. A long text is not in the address but in
 * this browser, and the address has its id.
 */
export function readAddress(): void {
  const { query } = route.peek();
  const number = (name: string): number | null => {
    const value = Number.parseFloat(query.get(name) ?? "");
    return value >= 0 && value <= 1 ? value : null;
  };
  const given = query.get("text") ?? keptText(query.get("recent"));
  if (given !== undefined) text.value = given;
  if (query.has("model")) chosenModel.value = query.get("model") ?? "";
  if (query.has("relations")) relationThreshold.value = number("relations");
  if (query.has("entities")) entityThreshold.value = number("entities") ?? 0;
  const asked = query.get("view");
  if (asked === "graph" || asked === "document") view.value = asked;
}

/** Keeps the address up to date. @returns ends that */
export function writeAddress(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const [words, model, relations, entities] = [text.value, chosenModel.value, relationThreshold.value, entityThreshold.value];
    const shown = view.value;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (words.length > maxUnits) keepDraft(words);
      keepInAddress({
        text: words === exampleText || words.length > maxUnits ? undefined : words,
        recent: words.length > maxUnits ? idOf(words) : undefined,
        model: model === "" ? undefined : model,
        relations: relations === null ? undefined : String(relations),
        entities: entities === 0 ? undefined : String(entities),
        view: shown === "text" ? undefined : shown,
      });
    }, pauseMs);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

function keptText(id: string | null): string | undefined {
  if (id === null) return undefined;
  const known = recent.value.find((each) => each.id === id)?.text;
  if (known !== undefined) return known;
  try {
    const draft = sessionStorage.getItem(draftUnder);
    return draft !== null && idOf(draft) === id ? draft : undefined;
  } catch {
    return undefined;
  }
}

/** A text that was typed but not read yet. */
function keepDraft(words: string): void {
  try {
    sessionStorage.setItem(draftUnder, words);
  } catch {
    // Without storage, a long text that was not read yet ends with the page.
  }
}
