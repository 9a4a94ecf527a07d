import { useMemo } from "preact/hooks";
import { parts, shown } from "./extract-state.ts";
import type { Found } from "./extraction.ts";
import { SentenceList } from "./sentence-list.tsx";

/** What was found, with the numbers of the run. */
export function Results({ found }: { readonly found: Found }) {
  const types = useMemo(() => [...found.model.entityTypes], [found.model]);
  return (
    <section aria-label="Results">
      <Numbers found={found} />
      <SentenceList parts={parts.value} types={types} />
    </section>
  );
}

function Numbers({ found: { document, seconds, model } }: { readonly found: Found }) {
  const numbers = [
    count(document.sentences.length, "sentence"),
    count(shown.value?.entities.length ?? 0, "entity", "entities"),
    count(shown.value?.relations.length ?? 0, "relation"),
    `${seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`} with ${model.name}`,
    `${Math.round(document.tokens.length / Math.max(seconds, 0.001)).toLocaleString("en")} tokens/s`,
  ];
  return (
    <p class="numbers" role="status">
      {numbers.join(" · ")}
    </p>
  );
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
