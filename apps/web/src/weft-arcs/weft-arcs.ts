import { type Drawable, isRightToLeft, type KeptAnnotation, keepAnnotation, type Theme, toSvg } from "@weft-nlp/draw";
import { type DrawnRecord, drawableOf } from "./drawable-of.ts";
import { type PartName, partAt, takeParts } from "./drawing-parts.ts";
import { Editing, type SelectedWords } from "./editing.ts";
import { elementStyles } from "./element-styles.ts";
import { textMeasure } from "./measure-text.ts";
import { near } from "./near.ts";

export type { DrawnRecord } from "./drawable-of.ts";
export type { PartName } from "./drawing-parts.ts";
export type { EditEvents, SelectedWords } from "./editing.ts";

/**
 * The `detail` of the events `weft-hover` and `weft-select`; `null` when a part is no longer
 * hovered or selected.
 */
export type PartDetail = { readonly kind: "entity" | "relation"; readonly index: number } | null;

/** A server that renders pages may import this file; it draws in a browser only. */
const Base: typeof HTMLElement = typeof HTMLElement === "undefined" ? (Object as unknown as typeof HTMLElement) : HTMLElement;

/**
 * `<weft-arcs>`: a text with its entities and relations, drawn to the width of its container.
 *
 * Attributes, and properties with the same names: `document` (a document, its record, or JSON of
 * either), `direction` (`auto`, `ltr`, `rtl`), `language` (chooses the font for Chinese and
 * Japanese), `threshold` and `entity-threshold` (hide less confident parts), `selected` and
 * `highlighted` (such as `relation:3`), `theme` (`auto`, `light`, `dark`), `types` (all entity
 * types, for stable colours), `lazy` (draws when near the viewport), `spaces` (`own` keeps the
 * text's spaces and empty lines), `suggestions` (dashes parts that have a confidence). Fires
 * `weft-hover` and `weft-select`. Arrow keys move between parts, Enter selects, Escape deselects.
 *
 * With `editable`, it also takes gestures: a drag over words fires `weft-mark`, from one entity to
 * another `weft-relate`, a double click `weft-open`, and a change of the selected `words`
 * `weft-words`. The words are then a list box, named by `label` and described by `keys`; the page
 * moves in it by setting `words`. The element never changes its document itself.
 */
export class WeftArcs extends Base {
  static readonly observedAttributes = [
    "document",
    "direction",
    "language",
    "threshold",
    "entity-threshold",
    "selected",
    "highlighted",
    "theme",
    "types",
    "spaces",
    "suggestions",
    "editable",
    "label",
  ];

  readonly #place = document.createElement("div");
  readonly #tip = document.createElement("div");
  readonly #resized = new ResizeObserver(() => {
    if (Math.abs(this.clientWidth - this.#drawnWidth) >= 1) this.#update();
  });
  readonly #editing = new Editing({
    place: this.#place,
    source: () => this.#source,
    boxOf: (name) => this.#parts.get(name)?.[0],
    choose: (name) => {
      this.selected = name;
      this.#tell("weft-select", name);
    },
    tell: (event, detail) => this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true })),
  });
  #source: Drawable | null = null;
  #fault = "";
  #types: readonly string[] = [];
  #parts = new Map<PartName, SVGElement[]>();
  #drawnWidth = 0;
  #waiting = false;
  #near = false;
  #focusLater: FocusOptions | null = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    this.#tip.className = "tip";
    this.#tip.hidden = true;
    this.#tip.setAttribute("aria-hidden", "true");
    // Needed before the first drawing: an inline element has no width.
    root.adoptedStyleSheets = [elementStyles("auto")];
    root.append(this.#place);
    root.addEventListener("pointerover", ({ target }) => this.#point(partAt(target), target));
    root.addEventListener("pointerout", () => this.#point(null, null));
    root.addEventListener("focusin", ({ target }) => this.#point(partAt(target), target));
    root.addEventListener("focusout", () => this.#point(null, null));
    root.addEventListener("click", ({ target }) => void (this.editable || this.#choose(partAt(target))));
    root.addEventListener("keydown", (event) => this.#onKey(event as KeyboardEvent));
  }

  get document(): Drawable | null {
    return this.#source;
  }
  set document(value: Drawable | DrawnRecord | string | null) {
    this.#fault = "";
    try {
      const given = typeof value === "string" ? (JSON.parse(value) as Drawable | DrawnRecord | null) : value;
      this.#source = given === null ? null : drawableOf(given);
    } catch {
      this.#source = null;
      this.#fault = "the attribute document is not valid JSON";
    }
    this.#update();
  }

  /**
   * All entity types of a label set, so colours are the same in many drawings. The attribute is
   * JSON.
   */
  get types(): readonly string[] {
    return this.#types;
  }
  set types(value: readonly string[]) {
    this.#types = value;
    this.#update();
  }

  get threshold(): number {
    return Number(this.getAttribute("threshold") ?? 0);
  }
  set threshold(value: number) {
    this.setAttribute("threshold", String(value));
  }

  get selected(): PartName | null {
    return this.getAttribute("selected") as PartName | null;
  }
  set selected(value: PartName | null) {
    setOrRemove(this, "selected", value);
  }

  get highlighted(): PartName | null {
    return this.getAttribute("highlighted") as PartName | null;
  }
  set highlighted(value: PartName | null) {
    setOrRemove(this, "highlighted", value);
  }

  get editable(): boolean {
    return this.hasAttribute("editable");
  }
  set editable(value: boolean) {
    this.toggleAttribute("editable", value);
  }

  /** The selected words of an editable drawing, as token indexes. */
  get words(): SelectedWords | null {
    return this.#editing.words;
  }
  set words(value: SelectedWords | null) {
    this.#editing.words = value;
  }

  /** Focuses the words of an editable drawing, as soon as they are drawn. */
  override focus(options?: FocusOptions): void {
    if (!this.editable) super.focus(options);
    else if (this.#place.hasAttribute("tabindex")) this.#place.focus(options);
    else this.#focusLater = options ?? {};
  }

  connectedCallback(): void {
    // Properties set before this file was loaded are own properties of the element, which would
    // shadow those of the class.
    for (const name of ["document", "types", "threshold", "selected", "highlighted", "editable", "words"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const { value } = Object.getOwnPropertyDescriptor(this, name) ?? {};
      Reflect.deleteProperty(this, name);
      Object.assign(this, { [name]: value as unknown });
    }
    this.#resized.observe(this);
    if (this.hasAttribute("lazy") && !this.#near) {
      near.watch(this, () => {
        this.#near = true;
        this.#draw();
      });
    } else this.#near = true;
    this.#update();
  }

  disconnectedCallback(): void {
    this.#resized.disconnect();
    near.forget(this);
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "document") this.document = after;
    else if (name === "types") this.types = listOf(after);
    else if (name === "selected" || name === "highlighted") this.#mark();
    else this.#update();
  }

  /** Schedules one drawing for several changes. */
  #update(): void {
    if (this.#waiting || !this.isConnected) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.isConnected) return;
    const source = this.#source;
    this.#drawnWidth = this.clientWidth;
    if (source === null || this.#drawnWidth === 0) {
      this.#say(this.#fault);
      return;
    }
    if (!this.#near) {
      // Reserve about the final height, so the content below does not jump.
      this.style.minHeight = `${80 + 34 * Math.ceil((source.text.length * 9) / this.#drawnWidth)}px`;
      return;
    }
    this.style.minHeight = "";
    const theme = (this.getAttribute("theme") ?? "auto") as Theme;
    const direction = (this.getAttribute("direction") ?? "auto") as "auto" | "ltr" | "rtl";
    const kept = this.#keep(source);
    const root = this.shadowRoot as ShadowRoot;
    const focused = partAt(root.activeElement);
    try {
      const options = {
        ...{ width: this.#drawnWidth, theme, direction, background: false, styles: false, types: this.#types },
        ...{ measure: textMeasure(), ownSpaces: this.getAttribute("spaces") === "own", tokens: this.editable },
      };
      this.#place.innerHTML = toSvg(kept.source, options);
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
      return;
    }
    const sheet = elementStyles(theme);
    if (root.adoptedStyleSheets[0] !== sheet) root.adoptedStyleSheets = [sheet];
    const rightToLeft = direction === "auto" ? isRightToLeft(source.text) === true : direction === "rtl";
    this.#place.className = `${rightToLeft ? "rtl" : ""} ${this.editable ? "editable" : ""}`.trim();
    this.#place.append(this.#tip);
    this.#parts = takeParts(this.#place, kept, this.getAttribute("language"));
    if (this.hasAttribute("suggestions")) this.#dash(source);
    if (this.editable) this.#editing.take(this.getAttribute("label") ?? "Words", this.getAttribute("keys") ?? "");
    else this.#editing.drop();
    if (this.#focusLater !== null) this.#place.focus(this.#focusLater);
    this.#focusLater = null;
    // Restore the keyboard focus.
    if (focused !== null) this.#parts.get(focused)?.[0]?.focus({ preventScroll: true });
    this.#mark();
  }

  /** Parts with a confidence are a model's suggestions. */
  #dash(source: Drawable): void {
    for (const [name, elements] of this.#parts) {
      const [kind, index] = name.split(":");
      const part = kind === "entity" ? source.entities[Number(index)] : source.relations[Number(index)];
      for (const element of elements) element.classList.toggle("suggested", part?.confidence !== undefined);
    }
  }

  #keep(source: Drawable): KeptAnnotation<Drawable> {
    const min = (name: string) => Number(this.getAttribute(name) ?? 0);
    return keepAnnotation(source, {
      entity: ({ confidence = 1 }) => confidence >= min("entity-threshold"),
      relation: ({ confidence = 1 }) => confidence >= min("threshold"),
    });
  }

  #say(words: string): void {
    const line = document.createElement("p");
    line.className = "fault";
    line.textContent = words;
    this.#place.replaceChildren(...(words === "" ? [] : [line]));
    this.#parts = new Map();
  }

  /**
   * Marks the selected and highlighted parts and their ends; dims the rest while a part is
   * selected.
   */
  #mark(): void {
    const { selected, highlighted } = this;
    const on = new Set([...this.#withNeighbours(selected), ...this.#withNeighbours(highlighted)]);
    for (const [name, elements] of this.#parts) {
      for (const element of elements) {
        element.classList.toggle("on", on.has(name));
        element.classList.toggle("dim", selected !== null && this.#parts.has(selected) && !on.has(name));
      }
      if (!this.editable) elements[0]?.setAttribute("aria-pressed", String(name === selected));
    }
  }

  *#withNeighbours(name: PartName | null): Generator<PartName> {
    if (name === null || this.#source === null) return;
    yield name;
    const [kind, index] = [name.split(":")[0], Number(name.split(":")[1])];
    for (const [place, { head, tail }] of this.#source.relations.entries()) {
      if (kind === "relation" ? place !== index : head !== index && tail !== index) continue;
      if (!this.#parts.has(`relation:${place}`)) continue;
      yield* [`relation:${place}`, `entity:${head}`, `entity:${tail}`] as const;
    }
  }

  #point(name: PartName | null, target: EventTarget | null): void {
    if (name === this.highlighted) return;
    this.highlighted = name;
    const words = name === null ? null : this.#parts.get(name)?.[0]?.dataset["name"];
    this.#tip.hidden = words === null || words === undefined;
    if (words !== null && words !== undefined && target instanceof Element) {
      this.#tip.textContent = words;
      const { left, top, bottom } = (target.closest("g") ?? target).getBoundingClientRect();
      const { width, height } = this.#tip.getBoundingClientRect();
      this.#tip.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
      this.#tip.style.top = `${top > height + 10 ? top - height - 6 : bottom + 6}px`;
    }
    this.#tell("weft-hover", name);
  }

  #choose(name: PartName | null): void {
    this.selected = name === this.selected ? null : name;
    this.#tell("weft-select", this.selected);
  }

  #tell(event: "weft-hover" | "weft-select", name: PartName | null): void {
    const [kind, index] = name?.split(":") ?? [];
    const detail: PartDetail = name === null ? null : { kind: kind as "entity" | "relation", index: Number(index) };
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true }));
  }

  #onKey(event: KeyboardEvent): void {
    if (this.editable) return;
    const name = partAt(event.target);
    if (name === null) return;
    const names = [...this.#parts.keys()];
    const place = names.indexOf(name);
    const goTo = {
      ArrowRight: place + 1,
      ArrowDown: place + 1,
      ArrowLeft: place - 1,
      ArrowUp: place - 1,
      Home: 0,
      End: names.length - 1,
    }[event.key];
    if (goTo !== undefined) {
      const next = this.#parts.get(names[(goTo + names.length) % names.length] as PartName)?.[0];
      this.#parts.get(name)?.[0]?.setAttribute("tabindex", "-1");
      next?.setAttribute("tabindex", "0");
      next?.focus();
    } else if (event.key === "Enter" || event.key === " ") this.#choose(name);
    else if (event.key === "Escape" && this.selected !== null) this.#choose(null);
    else return;
    event.preventDefault();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "weft-arcs": WeftArcs;
  }
}

if (typeof customElements !== "undefined" && customElements.get("weft-arcs") === undefined)
  customElements.define("weft-arcs", WeftArcs);

function setOrRemove(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function listOf(json: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}
