import { Segments } from "../../parts/segments.tsx";
import { Arcs } from "./arcs.tsx";
import { CorrectThis } from "./correct-this.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { parts, shown, view } from "./extract-state.ts";
import { Filters } from "./filters.tsx";
import { GraphView } from "./graph-view.tsx";
import type { Found } from "./run-extraction.ts";
import { SentenceList } from "./sentence-list.tsx";

/** The result as annotated text or as a graph, with counts and filters. */
export function Results({ found }: { readonly found: Found }) {
  const types = found.model.entityTypes;
  return (
    <section aria-label="Results">
      <Numbers found={found} />
      <div class="panel controls">
        <div class="row">
          <Segments
            label="View"
            names={[
              ["text", "Text"],
              ...(found.document.text.length > longestDrawn ? [] : ([["document", "Document"]] as const)),
              ["graph", "Graph"],
            ]}
            chosen={view.value}
            choose={(chosen) => {
              view.value = chosen;
            }}
          />
          <CorrectThis model={found.model} />
          <ExportMenu />
        </div>
        <Filters types={types} />
      </div>
      {view.value === "text" ? <SentenceList parts={parts.value} types={types} /> : null}
      {view.value === "document" && shown.value !== null ? (
        <div class="panel whole">
          <Arcs document={shown.value} types={types} highlighted={null} onPoint={() => undefined} ownSpaces />
        </div>
      ) : null}
      {view.value === "graph" && shown.value !== null ? <GraphView document={shown.value} types={types} /> : null}
    </section>
  );
}

/** Longer texts are too much for one drawing; in characters. */
const longestDrawn = 50_000;

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
