import type { Drawable } from "@weft-nlp/draw";
import { type PartName, partAt } from "./drawing-parts.ts";
import { WordMap } from "./word-map.ts";

/** The selected words, from the anchor to the cursor; both are token indexes. */
export interface SelectedWords {
  readonly anchor: number;
  readonly cursor: number;
}

/** What the element tells its page about edits that a person asks for. */
export interface EditEvents {
  /** The selected words changed. */
  "weft-words": SelectedWords;
  /** Words were dragged over, half-open in tokens; `entity` is the one in which the drag began. */
  "weft-mark": { readonly start: number; readonly end: number; readonly entity: number | null };
  /** One entity was dragged onto another. */
  "weft-relate": { readonly head: number; readonly tail: number };
  /** A part was double clicked. */
  "weft-open": { readonly kind: "entity" | "relation"; readonly index: number };
}

/** The element, as the gestures see it. */
export interface EditHost {
  readonly place: HTMLElement;
  readonly source: () => Drawable | null;
  readonly boxOf: (name: PartName) => SVGElement | undefined;
  readonly choose: (name: PartName | null) => void;
  readonly tell: <Name extends keyof EditEvents>(event: Name, detail: EditEvents[Name]) => void;
}

interface Drag {
  readonly pointer: number;
  readonly from: DOMPoint;
  readonly token: number | undefined;
  readonly part: PartName | null;
  readonly before: SelectedWords | null;
  readonly words: boolean;
  moved: boolean;
}

const svgSpace = "http://www.w3.org/2000/svg";
/** A pointer that moves less was a click. */
const dragPixels = 6;

/**
 * The gestures in an editable drawing: drag over words, drag from entity to entity, click, double
 * click. It draws the selection and the drag; the page decides what they do.
 */
export class Editing {
  readonly #host: EditHost;
  #map: WordMap | null = null;
  #words: SelectedWords | null = null;
  #drag: Drag | null = null;
  #ended = new AbortController();

  constructor(host: EditHost) {
    this.#host = host;
    host.place.addEventListener("pointerdown", (event) => this.#onDown(event));
    host.place.addEventListener("dblclick", (event) => this.#onDouble(event));
  }

  get words(): SelectedWords | null {
    return this.#words;
  }
  set words(value: SelectedWords | null) {
    this.#words = value;
    this.#drawWords();
  }

  /** Prepares a new drawing: words become options of a list box, parts are for the pointer only. */
  take(label: string, describedBy: string): void {
    const { place } = this.#host;
    const svg = place.querySelector("svg");
    const source = this.#host.source();
    if (svg === null || source === null) return;
    this.#map = null;
    place.setAttribute("role", "listbox");
    place.setAttribute("aria-multiselectable", "true");
    place.setAttribute("tabindex", "0");
    place.setAttribute("aria-label", label);
    place.setAttribute("aria-description", describedBy);
    svg.setAttribute("role", "presentation");
    svg.removeAttribute("aria-label");
    svg.querySelector(":scope > desc")?.remove();
    for (const part of svg.querySelectorAll("[data-part]")) {
      part.setAttribute("aria-hidden", "true");
      for (const name of ["role", "tabindex", "aria-label", "aria-pressed"]) part.removeAttribute(name);
    }
    const named = new Set<string>();
    for (const word of svg.querySelectorAll<SVGTextElement>(".weft-word")) {
      const token = word.dataset["token"];
      if (token === undefined || named.has(token)) {
        word.setAttribute("aria-hidden", "true");
        continue;
      }
      named.add(token);
      word.id = `word-${token}`;
      word.setAttribute("role", "option");
      word.setAttribute("aria-label", nameOfWord(source, Number(token)));
    }
    this.#drawWords();
  }

  /** Forgets the gestures of a drawing that is no longer editable. */
  drop(): void {
    this.#ended.abort();
    this.#drag = null;
    for (const name of ["role", "tabindex", "aria-label", "aria-multiselectable", "aria-activedescendant", "aria-description"])
      this.#host.place.removeAttribute(name);
  }

  #wordMap(): WordMap | null {
    const svg = this.#host.place.querySelector("svg");
    if (svg === null) return null;
    this.#map ??= new WordMap(svg);
    return this.#map;
  }

  #onDown(event: PointerEvent): void {
    const { place } = this.#host;
    const map = this.#wordMap();
    if (!event.isPrimary || event.button !== 0 || map === null || !place.hasAttribute("tabindex")) return;
    const from = map.pointAt(event);
    const part = partAt(event.target);
    const token = part?.startsWith("relation") === true ? undefined : map.tokenAt(from, part === null ? wordReach : undefined);
    place.focus({ preventScroll: true });
    event.preventDefault();
    this.#drag = { pointer: event.pointerId, from, token, part, before: this.#words, words: event.shiftKey, moved: false };
    // Listen on the window: a gesture that the browser takes over for scrolling ends nowhere else.
    this.#ended.abort();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    addEventListener("pointermove", (next) => this.#onMove(next), { signal });
    addEventListener("pointerup", (next) => this.#onUp(next), { signal });
    addEventListener("pointercancel", () => this.#onCancel(), { signal });
    addEventListener("keydown", ({ key }) => void (key === "Escape" && this.#onCancel()), { signal, capture: true });
    // Touch captures the pointer, which would send every move to the word where it began.
    if (event.target instanceof Element && event.target.hasPointerCapture(event.pointerId))
      event.target.releasePointerCapture(event.pointerId);
  }

  #onMove(event: PointerEvent): void {
    const [drag, map] = [this.#drag, this.#wordMap()];
    if (drag === null || map === null || event.pointerId !== drag.pointer) return;
    const to = map.pointAt(event);
    drag.moved ||= Math.hypot(to.x - drag.from.x, to.y - drag.from.y) > dragPixels;
    if (!drag.moved || drag.token === undefined) return;
    const target = this.#targetOf(drag, event);
    this.#drawDrag(drag, to, target);
    const token = map.tokenAt(to);
    if (token === undefined) return;
    this.words = target === null ? { anchor: drag.token, cursor: token } : drag.before;
  }

  #onUp(event: PointerEvent): void {
    const [drag, map] = [this.#drag, this.#wordMap()];
    if (drag === null || map === null || event.pointerId !== drag.pointer) return;
    this.#end();
    const { token, part, moved, before, words } = drag;
    const { choose, tell } = this.#host;
    if (!moved) {
      const extending = words && token !== undefined && before !== null;
      choose(extending ? null : part);
      if (token === undefined) return;
      this.words = { anchor: extending ? before.anchor : token, cursor: token };
      tell("weft-words", this.words);
      return;
    }
    if (token === undefined) return;
    const target = this.#targetOf(drag, event);
    const to = map.tokenAt(map.pointAt(event));
    if (target !== null) tell("weft-relate", { head: indexOf(part as PartName), tail: target });
    else if (to !== undefined) {
      this.words = { anchor: token, cursor: to };
      tell("weft-words", this.words);
      const entity = part === null || words ? null : indexOf(part);
      tell("weft-mark", { start: Math.min(token, to), end: Math.max(token, to) + 1, entity });
    }
  }

  /** A finger that moved up or down was scrolling, so undo the selection. */
  #onCancel(): void {
    const before = this.#drag?.before ?? null;
    this.#end();
    this.words = before;
  }

  #onDouble(event: MouseEvent): void {
    const map = this.#wordMap();
    if (map === null || !this.#host.place.hasAttribute("tabindex")) return;
    const part = partAt(event.target);
    if (part !== null) {
      const kind = part.startsWith("entity") ? "entity" : "relation";
      this.#host.tell("weft-open", { kind, index: indexOf(part) });
      return;
    }
    const token = map.tokenAt(map.pointAt(event), wordReach);
    if (token !== undefined) this.#host.tell("weft-mark", { start: token, end: token + 1, entity: null });
  }

  /** The entity under the pointer, if the drag began in another one. */
  #targetOf({ part, words }: Drag, { clientX, clientY }: PointerEvent): number | null {
    if (part?.startsWith("entity") !== true || words) return null;
    const root = this.#host.place.getRootNode();
    const under = root instanceof ShadowRoot ? root.elementFromPoint(clientX, clientY) : null;
    const over = partAt(under);
    return over === null || over === part || !over.startsWith("entity") ? null : indexOf(over);
  }

  #end(): void {
    this.#ended.abort();
    this.#drag = null;
    for (const drawn of this.#host.place.querySelectorAll(".drag,.target")) {
      if (drawn.classList.contains("drag")) drawn.remove();
      else drawn.classList.remove("target");
    }
  }

  #drawDrag({ part }: Drag, to: DOMPoint, target: number | null): void {
    const { place, boxOf } = this.#host;
    for (const marked of place.querySelectorAll(".target")) marked.classList.remove("target");
    place.querySelector(".drag")?.remove();
    const head = part?.startsWith("entity") === true ? boxOf(part)?.querySelector("rect") : null;
    const svg = place.querySelector("svg");
    if (target === null || head === null || head === undefined || svg === null) return;
    boxOf(`entity:${target}`)?.classList.add("target");
    const box = head.getBBox();
    const shift = head.getCTM()?.e ?? 0;
    const x = box.x + shift + box.width / 2;
    const line = document.createElementNS(svgSpace, "path");
    line.setAttribute("class", "drag");
    line.setAttribute("d", `M${x} ${box.y}C${x} ${box.y - 40} ${to.x} ${to.y - 40} ${to.x} ${to.y}`);
    svg.append(line);
  }

  #drawWords(): void {
    const { place } = this.#host;
    for (const drawn of place.querySelectorAll(".chosen")) drawn.remove();
    const svg = place.querySelector("svg");
    const words = this.#words;
    if (svg === null || words === null || !place.hasAttribute("tabindex")) return;
    const [start, end] = [Math.min(words.anchor, words.cursor), Math.max(words.anchor, words.cursor) + 1];
    place.setAttribute("aria-activedescendant", `word-${words.cursor}`);
    for (const option of svg.querySelectorAll<SVGElement>("[role=option]")) {
      const token = Number(option.dataset["token"]);
      option.setAttribute("aria-selected", String(token >= start && token < end));
    }
    const map = this.#wordMap();
    for (const { x, y, width, height } of map?.rectanglesOf({ start, end }) ?? []) {
      const rectangle = document.createElementNS(svgSpace, "rect");
      rectangle.setAttribute("class", "chosen");
      rectangle.setAttribute("rx", "4");
      for (const [name, value] of Object.entries({ x: x - 2, y, width: width + 4, height }))
        rectangle.setAttribute(name, String(value));
      svg.append(rectangle);
    }
  }
}

/** How far from a word a press still means it, in pixels. */
const wordReach = 12;

function indexOf(part: PartName): number {
  return Number(part.split(":")[1]);
}

/** The word and its entities, for screen readers. */
function nameOfWord({ text, tokens, entities }: Drawable, token: number): string {
  const { start, end } = tokens[token] ?? { start: 0, end: 0 };
  const around = entities.filter((entity) => entity.start <= token && token < entity.end);
  const names = around.map(({ type, confidence }) => `${type ?? "no type"}${confidence === undefined ? "" : ", suggested"}`);
  return [text.slice(start, end), ...names].join(", ");
}
