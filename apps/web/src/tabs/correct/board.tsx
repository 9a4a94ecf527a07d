import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { languageOf } from "../../parts/language-of.ts";
import type { EditEvents, PartDetail, WeftArcs } from "../../weft-arcs/weft-arcs.ts";
import "../../weft-arcs/weft-arcs.ts";
import { paletteOpen, takeMark, takePair } from "./actions.ts";
import type { Annotated } from "./annotation-edit.ts";
import { chosen, entityTypes, relating, words } from "./correct-state.ts";
import type { CorrectionSentence } from "./corrections-api.ts";
import { Palette } from "./palette.tsx";

interface BoardProps {
  readonly sentence: CorrectionSentence;
  readonly annotated: Annotated;
}

/** The sentence as one drawing, in which it is also corrected. */
export function Board({ sentence: { document }, annotated: { entities, relations } }: BoardProps) {
  const element = useRef<WeftArcs>(null);
  const { text, tokens } = document;
  const types = entityTypes.value;
  const [selected, selection] = [chosen.value, words.value];
  useEffect(() => {
    if (element.current === null) return;
    element.current.types = types;
    element.current.document = { text, tokens, entities, relations };
  }, [text, tokens, entities, relations, types]);
  useEffect(() => {
    if (element.current !== null) element.current.selected = selected;
  }, [selected]);
  useEffect(() => {
    if (element.current !== null) element.current.words = selection;
  }, [selection]);
  useEffect(() => {
    paletteOpen.value = false;
  }, [text]);
  // The keys work at once in a new sentence, and after a button that removed itself.
  useEffect(() => {
    const { activeElement, body } = globalThis.document;
    if (activeElement === null || activeElement === body) element.current?.focus({ preventScroll: true });
  }, [text, entities, relations]);
  const close = (): void => {
    paletteOpen.value = false;
    element.current?.focus({ preventScroll: true });
  };
  return (
    <div class="drawing">
      {h("weft-arcs", {
        ref: element,
        theme: theme.value,
        editable: true,
        suggestions: true,
        label: "Words of the sentence",
        keys: "Arrow keys move between words, Shift selects several. Press ? for all keys.",
        language: languageOf(text),
        "onweft-select": ({ detail }: CustomEvent<PartDetail>) => {
          chosen.value = detail === null ? null : `${detail.kind}:${detail.index}`;
          if (relating.value?.tail !== undefined) relating.value = null;
        },
        "onweft-words": ({ detail }: CustomEvent<EditEvents["weft-words"]>) => {
          words.value = detail;
        },
        "onweft-mark": ({ detail }: CustomEvent<EditEvents["weft-mark"]>) => takeMark(detail),
        "onweft-relate": ({ detail }: CustomEvent<EditEvents["weft-relate"]>) => takePair(detail),
        "onweft-open": ({ detail }: CustomEvent<EditEvents["weft-open"]>) => {
          chosen.value = `${detail.kind}:${detail.index}`;
          paletteOpen.value = true;
        },
      })}
      {paletteOpen.value ? <Palette close={close} /> : null}
    </div>
  );
}
