import { useEffect, useRef, useState } from "preact/hooks";
import { near } from "../../weft-arcs/near.ts";
import type { SentencePart } from "./sentence-parts.ts";
import { SentenceRow } from "./sentence-row.tsx";

const step = 50;

/** The sentences in text order; more are added as the reader nears the end. */
export function SentenceList({ parts, types }: { readonly parts: readonly SentencePart[]; readonly types: readonly string[] }) {
  const [limit, setLimit] = useState(step);
  const more = useRef<HTMLButtonElement>(null);
  const rest = parts.length - limit;
  useEffect(() => setLimit(step), [parts]);
  useEffect(() => {
    const button = more.current;
    if (button === null) return undefined;
    near.watch(button, () => setLimit(limit + step));
    return () => near.forget(button);
  }, [limit, rest > 0]);
  return (
    <>
      <ol class="sentences">
        {parts.slice(0, limit).map((part) => (
          <SentenceRow key={part.index} part={part} types={types} />
        ))}
      </ol>
      {rest > 0 ? (
        <button type="button" class="more" ref={more} onClick={() => setLimit(limit + step)}>
          {rest.toLocaleString("en")} more sentences
        </button>
      ) : null}
    </>
  );
}
