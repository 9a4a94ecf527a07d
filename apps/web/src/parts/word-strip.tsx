import "./word-strip.css";
import { isRightToLeft } from "@weft-nlp/draw";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { entityAt, type Marked, type Marking } from "./marking.ts";

export interface WordStripProps {
  readonly marked: Marked;
  readonly marking: Marking;
  /** The label for screen readers. */
  readonly label: string;
  /** Id of the element that explains the keys. */
  readonly describedBy: string;
}

/**
 * The words of a text, to select by pointer, finger or keyboard. Each type is in front of its
 * words, and selects them.
 */
export function WordStrip({ marked, marking, label, describedBy }: WordStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  /** Undoes the selection of a drag that is under way. */
  const dragging = useRef<(() => void) | null>(null);
  const { text, tokens, entities } = marked;
  const { words, chosen } = marking;
  const { anchor, cursor } = words.value;
  const [from, to] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const holders = useMemo(() => tokens.map((_, index) => entityAt(entities, index)), [tokens, entities]);
  const begins = useMemo(() => {
    const places = tokens.map((): number[] => []);
    for (const [place, { start }] of entities.entries()) places[start]?.push(place);
    return places;
  }, [tokens, entities]);
  const id = useMemo(() => `words-${++strips}`, []);
  const first = useRef(true);
  useEffect(() => {
    // Do not scroll on the first render: the reader starts at the top.
    if (!first.current) document.getElementById(`${id}-${cursor}`)?.scrollIntoView({ block: "nearest" });
    first.current = false;
  }, [cursor]);

  function onDown(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0) return;
    const entity = chipAt(event.target);
    const word = wordAt(event.target);
    if (entity !== undefined) chosen.value = `entity:${entity}`;
    else if (word !== undefined) {
      const [before, beforeChosen] = [words.value, chosen.value];
      dragging.current = (): void => {
        words.value = before;
        chosen.value = beforeChosen;
      };
      words.value = { anchor: event.shiftKey ? words.value.anchor : word, cursor: word };
      const holder = holders[word];
      chosen.value = holder === undefined ? null : `entity:${holder}`;
    } else return;
    // Listen on the window: a gesture that the browser takes over for scrolling ends at no word.
    const ended = new AbortController();
    for (const [name, end] of [
      ["pointerup", onUp],
      ["pointercancel", onCancel],
    ] as const) {
      addEventListener(
        name,
        () => {
          ended.abort();
          end();
        },
        { signal: ended.signal },
      );
    }
    strip.current?.focus({ preventScroll: true });
    event.preventDefault();
    // Touch captures the pointer, which would send every move to the word where it began.
    if (event.target instanceof Element && event.target.hasPointerCapture(event.pointerId))
      event.target.releasePointerCapture(event.pointerId);
  }

  function onMove({ clientX, clientY }: PointerEvent): void {
    if (dragging.current === null) return;
    const under = document.elementFromPoint(clientX, clientY);
    const word = wordAt(under);
    if (word === undefined || word === words.value.cursor) return;
    words.value = { anchor: words.value.anchor, cursor: word };
    chosen.value = null;
  }

  function onUp(): void {
    dragging.current = null;
  }

  /** A finger that moved up or down was scrolling, so undo the selection. */
  function onCancel(): void {
    dragging.current?.();
    dragging.current = null;
  }

  let reached = 0;
  return (
    <div
      ref={strip}
      class="words"
      role="listbox"
      aria-multiselectable="true"
      aria-label={label}
      aria-activedescendant={`${id}-${cursor}`}
      aria-describedby={describedBy}
      tabIndex={0}
      dir={isRightToLeft(text) === true ? "rtl" : "ltr"}
      onPointerDown={onDown}
      onPointerMove={onMove}
    >
      {tokens.map(({ start, end }, index) => {
        const gap = text.slice(reached, start);
        reached = end;
        const holder = holders[index];
        const entity = holder === undefined ? undefined : entities[holder];
        const classes = [
          index >= from && index <= to ? "marked" : "",
          index === cursor ? "cursor" : "",
          entity === undefined ? "" : entity.confidence === undefined ? "own" : "suggested",
        ];
        return [
          gap === "" ? null : <span class={gapClasses(index)}>{gap}</span>,
          ...(begins[index] ?? []).map((place) => (
            <span key={`type-${place}`} class={chipClasses(place)} data-chip={place} aria-hidden="true">
              {entities[place]?.type ?? "–"}
            </span>
          )),
          <span
            key={index}
            id={`${id}-${index}`}
            data-word={index}
            role="option"
            aria-selected={index >= from && index <= to}
            aria-label={entity === undefined ? undefined : `${text.slice(start, end)}, ${entity.type ?? "no type"}`}
            class={classes.filter((name) => name !== "").join(" ")}
          >
            {text.slice(start, end)}
          </span>,
        ];
      })}
    </div>
  );

  /** The gap between two words of an entity or selection is styled like the words. */
  function gapClasses(index: number): string | undefined {
    const [holder, before] = [holders[index], holders[index - 1]];
    const entity = holder === undefined || holder !== before ? undefined : entities[holder];
    const names = [
      index > from && index <= to ? "marked" : "",
      entity === undefined || begins[index]?.length !== 0 ? "" : entity.confidence === undefined ? "own" : "suggested",
    ].filter((name) => name !== "");
    return names.length === 0 ? undefined : `gap ${names.join(" ")}`;
  }

  function chipClasses(place: number): string {
    const names = [
      "chip",
      `entity:${place}` === chosen.value ? "on" : "",
      entities[place]?.confidence === undefined ? "" : "suggested",
    ];
    return names.filter((name) => name !== "").join(" ");
  }
}

/** Makes the ids of words unique to a strip. */
let strips = 0;

function wordAt(target: EventTarget | null): number | undefined {
  const word = target instanceof Element ? target.closest<HTMLElement>("[data-word]") : null;
  return word === null ? undefined : Number(word.dataset["word"]);
}

function chipAt(target: EventTarget | null): number | undefined {
  const chip = target instanceof Element ? target.closest<HTMLElement>("[data-chip]") : null;
  return chip === null ? undefined : Number(chip.dataset["chip"]);
}
