import type { Drawable } from "@weft-nlp/draw";
import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { languageOf } from "../../parts/language-of.ts";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import type { PartDetail, WeftArcs } from "../../weft-arcs/weft-arcs.ts";
import "../../weft-arcs/weft-arcs.ts";

export interface ArcsProps {
  readonly document: Drawable;
  readonly types: readonly string[];
  readonly highlighted: PartName | null;
  readonly onPoint: (part: PartDetail) => void;
  /** Keeps the text's own spaces and empty lines. */
  readonly ownSpaces?: boolean;
}

/** The element `<weft-arcs>` as a component, in the colours of the page. */
export function Arcs({ document, types, highlighted, onPoint, ownSpaces = false }: ArcsProps) {
  const element = useRef<WeftArcs>(null);
  useEffect(() => {
    if (element.current === null) return;
    element.current.types = types;
    element.current.document = document;
  }, [document, types]);
  useEffect(() => {
    if (element.current !== null) element.current.highlighted = highlighted;
  }, [highlighted]);
  return h("weft-arcs", {
    ref: element,
    theme: theme.value,
    lazy: true,
    spaces: ownSpaces ? "own" : undefined,
    language: languageOf(document.text),
    "onweft-hover": ({ detail }: CustomEvent<PartDetail>) => onPoint(detail),
  });
}
