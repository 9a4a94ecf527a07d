import { isRightToLeft } from "@weft/core";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Annotated, entityAt } from "./annotation-edit.ts";
import { chosen, relating, words } from "./correct-state.ts";
import type { CorrectionSentence } from "./corrections-api.ts";

/** The words of a sentence, to be marked out by pointer, finger or keyboard. Types stand in front of their words, and are dragged onto another to relate the two. */
export function WordStrip({ sentence, annotated }: { readonly sentence: CorrectionSentence; readonly annotated: Annotated }) {
  const strip = useRef<HTMLDivElement>(null);
  const dragging = useRef<{ readonly kind: "words" } | { readonly kind: "entity"; readonly index: number } | null>(null);
  const { text, tokens } = sentence;
  const { anchor, cursor } = words.value;
  const [from, to] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const holders = useMemo(() => tokens.map((_, index) => entityAt(annotated, index)), [tokens, annotated]);
  useEffect(() => {
    document.getElementById(`word-${cursor}`)?.scrollIntoView({ block: "nearest" });
  }, [cursor]);

  function onDown(event: PointerEvent): void {
    const entity = chipAt(event.target);
    const word = wordAt(event.target);
    if (entity !== undefined) {
      dragging.current = { kind: "entity", index: entity };
      chosen.value = `entity:${entity}`;
    } else if (word !== undefined) {
      dragging.current = { kind: "words" };
      words.value = { anchor: event.shiftKey ? words.value.anchor : word, cursor: word };
      const holder = holders[word];
      chosen.value = holder === undefined ? null : `entity:${holder}`;
    } else return;
    strip.current?.focus({ preventScroll: true });
    event.preventDefault();
    // Touch would send every move to the word where it began.
    if (event.target instanceof Element && event.target.hasPointerCapture(event.pointerId))
      event.target.releasePointerCapture(event.pointerId);
  }

  function onMove({ clientX, clientY }: PointerEvent): void {
    if (dragging.current?.kind !== "words") return;
    const word = wordAt(document.elementFromPoint(clientX, clientY));
    if (word === undefined || word === words.value.cursor) return;
    words.value = { anchor: words.value.anchor, cursor: word };
    chosen.value = null;
  }

  function onUp({ clientX, clientY }: PointerEvent): void {
    const drag = dragging.current;
    dragging.current = null;
    if (drag?.kind !== "entity") return;
    const under = document.elementFromPoint(clientX, clientY);
    const word = wordAt(under);
    const target = chipAt(under) ?? (word === undefined ? undefined : holders[word]);
    if (target !== undefined && target !== drag.index) relating.value = { head: drag.index, tail: target };
  }

  let reached = 0;
  return (
    <div
      ref={strip}
      class="words"
      role="listbox"
      aria-multiselectable="true"
      aria-label="Words of the sentence"
      aria-activedescendant={`word-${cursor}`}
      aria-describedby="word-keys"
      tabIndex={0}
      dir={isRightToLeft(text) === true ? "rtl" : "ltr"}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => {
        dragging.current = null;
      }}
    >
      {tokens.map(({ start, end }, index) => {
        const gap = text.slice(reached, start);
        reached = end;
        const holder = holders[index];
        const entity = holder === undefined ? undefined : annotated.entities[holder];
        const begins = annotated.entities.flatMap((each, place) => (each.start === index ? [place] : []));
        const classes = [
          index >= from && index <= to ? "marked" : "",
          index === cursor ? "cursor" : "",
          entity === undefined ? "" : entity.confidence === undefined ? "own" : "suggested",
        ];
        return [
          gap === "" ? null : gap,
          ...begins.map((place) => (
            <span
              key={`type-${place}`}
              class={`chip ${`entity:${place}` === chosen.value ? "on" : ""} ${annotated.entities[place]?.confidence === undefined ? "" : "suggested"}`}
              data-chip={place}
              aria-hidden="true"
            >
              {annotated.entities[place]?.type ?? "–"}
            </span>
          )),
          <span
            key={index}
            id={`word-${index}`}
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
}

function wordAt(target: EventTarget | null): number | undefined {
  const word = target instanceof Element ? target.closest<HTMLElement>("[data-word]") : null;
  return word === null ? undefined : Number(word.dataset["word"]);
}

function chipAt(target: EventTarget | null): number | undefined {
  const chip = target instanceof Element ? target.closest<HTMLElement>("[data-chip]") : null;
  return chip === null ? undefined : Number(chip.dataset["chip"]);
}
