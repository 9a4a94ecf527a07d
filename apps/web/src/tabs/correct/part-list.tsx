import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import { Confidence } from "../extract/confidence.tsx";
import { removePart, takePair } from "./actions.ts";
import { type Annotated, lesserRelations } from "./annotation-edit.ts";
import { accept, chosen, relating } from "./correct-state.ts";
import type { CorrectionSentence } from "./corrections-api.ts";

/** The annotation as lists, with buttons for every action on a part. */
export function PartList({ sentence, annotated }: { readonly sentence: CorrectionSentence; readonly annotated: Annotated }) {
  const { document } = sentence;
  const words = (index: number): string => {
    const entity = annotated.entities[index];
    const [first, last] = [document.tokens[entity?.start ?? -1], document.tokens[(entity?.end ?? 0) - 1]];
    return first === undefined || last === undefined ? "" : document.text.slice(first.start, last.end);
  };
  const lesser = lesserRelations(annotated);
  const open = relating.value?.tail === undefined ? relating.value?.head : undefined;
  return (
    <div class="parts">
      <section>
        <h2>Relations</h2>
        {annotated.relations.length === 0 ? <p class="quiet">None: drag one entity onto another.</p> : null}
        <ul aria-label="Relations">
          {annotated.relations.map(({ head, tail, type, confidence }, index) => (
            <Line key={index} name={`relation:${index}`} confidence={confidence} words={`${words(head)} ${type} ${words(tail)}`}>
              <bdi>{words(head)}</bdi> <em>{type}</em> <bdi>{words(tail)}</bdi>
              {lesser.has(index) ? <span class="quiet"> · “Done” drops it</span> : null}
            </Line>
          ))}
        </ul>
      </section>
      <section>
        <h2>Entities</h2>
        {annotated.entities.length === 0 ? <p class="quiet">None: drag over words to mark them.</p> : null}
        <ul aria-label="Entities">
          {annotated.entities.map(({ type, confidence }, index) => (
            <Line key={index} name={`entity:${index}`} confidence={confidence} words={`${words(index)}, ${type ?? "no type"}`}>
              <bdi>{words(index)}</bdi> <em>{type}</em>
              <button
                type="button"
                class="plain"
                aria-label={open === undefined ? `Relate ${words(index)} to another` : `Relate to ${words(index)}`}
                disabled={open === index}
                onClick={(event) => {
                  event.stopPropagation();
                  if (open === undefined) relating.value = { head: index };
                  else takePair({ head: open, tail: index });
                }}
              >
                {open === undefined ? "Relate" : "to this"}
              </button>
            </Line>
          ))}
        </ul>
      </section>
    </div>
  );
}

interface LineProps {
  readonly name: PartName;
  readonly confidence: number | undefined;
  /** The words for screen readers. */
  readonly words: string;
  readonly children: preact.ComponentChildren;
}

function Line({ name, confidence, words, children }: LineProps) {
  const on = chosen.value === name;
  return (
    <li class={on ? "on" : undefined}>
      <span class="said">{children}</span>
      <Confidence value={confidence} />
      <button
        type="button"
        class="plain"
        aria-pressed={on}
        aria-label={`Choose ${words}`}
        onClick={() => (chosen.value = on ? null : name)}
      >
        {on ? "●" : "○"}
      </button>
      {confidence === undefined ? null : (
        <button type="button" class="plain" aria-label={`Accept ${words}`} onClick={() => accept(name)}>
          ✓
        </button>
      )}
      <button
        type="button"
        class="plain"
        aria-label={`${confidence === undefined ? "Remove" : "Reject"} ${words}`}
        onClick={() => removePart(name)}
      >
        ✕
      </button>
    </li>
  );
}
