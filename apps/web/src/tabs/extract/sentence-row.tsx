import { type Drawable, keepAnnotation } from "@weft-nlp/draw";
import { useMemo, useState } from "preact/hooks";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import { Arcs } from "./arcs.tsx";
import { Confidence } from "./confidence.tsx";
import { filter } from "./extract-state.ts";
import type { SentencePart } from "./sentence-parts.ts";

/** One sentence as a drawing and a list. */
export function SentenceRow({ part, types }: { readonly part: SentencePart; readonly types: readonly string[] }) {
  const keeps = filter.value;
  const shown = useMemo(() => keepAnnotation(part, keeps).source, [part, keeps]);
  return (
    <li class="sentence">
      <DrawnSentence shown={shown} types={types} />
    </li>
  );
}

/** A drawing and its list; hovering over a part in one highlights it in both. */
export function DrawnSentence({ shown, types }: { readonly shown: Drawable; readonly types: readonly string[] }) {
  const [highlighted, highlight] = useState<PartName | null>(null);
  return (
    <>
      <Arcs
        document={shown}
        types={types}
        highlighted={highlighted}
        onPoint={(detail) => highlight(detail === null ? null : `${detail.kind}:${detail.index}`)}
      />
      <FoundList shown={shown} highlighted={highlighted} highlight={highlight} />
    </>
  );
}

interface FoundListProps {
  readonly shown: Drawable;
  readonly highlighted: PartName | null;
  readonly highlight: (part: PartName | null) => void;
}

function FoundList({ shown, highlighted, highlight }: FoundListProps) {
  if (shown.entities.length === 0) return <p class="quiet nothing">Nothing found here</p>;
  const words = (index: number) => {
    const entity = shown.entities[index];
    const [first, last] = [shown.tokens[entity?.start ?? 0], shown.tokens[(entity?.end ?? 1) - 1]];
    return first === undefined || last === undefined ? "" : shown.text.slice(first.start, last.end);
  };
  const pointing = (name: PartName) => ({
    class: name === highlighted ? "on" : undefined,
    onPointerEnter: () => highlight(name),
    onPointerLeave: () => highlight(null),
  });
  return (
    <div class="found">
      {shown.relations.length === 0 ? null : (
        <ul class="triples" aria-label="Relations">
          {shown.relations.map(({ head, tail, type, confidence }, index) => (
            <li key={index} {...pointing(`relation:${index}`)}>
              <span>
                <bdi>{words(head)}</bdi> <em>{type}</em> <bdi>{words(tail)}</bdi>
              </span>
              <Confidence value={confidence} />
            </li>
          ))}
        </ul>
      )}
      <ul class="entities" aria-label="Entities">
        {shown.entities.map(({ type, confidence }, index) => (
          <li key={index} {...pointing(`entity:${index}`)}>
            <bdi>{words(index)}</bdi> <small>{[type, confidence?.toFixed(2)].filter(Boolean).join(" ")}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
