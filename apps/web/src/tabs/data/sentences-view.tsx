import { useEffect, useRef, useState } from "preact/hooks";
import { drawnAnnotation } from "../../parts/drawn-annotation.ts";
import { Failure } from "../../parts/failure.tsx";
import { near } from "../../weft-arcs/near.ts";
import { DrawnSentence } from "../extract/sentence-row.tsx";
import { type DataFile, type Filter, type IndexedSentence, type Place, readSentences, type SentencePage } from "./data-api.ts";
import { noFilter, SentenceFilters } from "./sentence-filters.tsx";

/** The filtered sentences of a file; loads fifty more as the reader nears the end. */
export function SentencesView({ file }: { readonly file: DataFile }) {
  const [filter, setFilter] = useState<Filter>(noFilter);
  const [page, setPage] = useState<SentencePage | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const asking = useRef<AbortController | null>(null);
  const types = Object.keys(file.counts?.entityTypes ?? {});

  async function ask(before: readonly IndexedSentence[]): Promise<void> {
    asking.current?.abort();
    const stop = new AbortController();
    asking.current = stop;
    try {
      const next = await readSentences(file.name, filter, before.length, stop.signal);
      if (stop.signal.aborted) return;
      setPage({ ...next, items: [...before, ...next.items] });
      setFailure(null);
    } catch (error) {
      if (!stop.signal.aborted) setFailure(error);
    }
  }

  useEffect(() => {
    // Debounce: do not send a request for every letter.
    const timer = setTimeout(() => void ask([]), page === null ? 0 : 200);
    return () => clearTimeout(timer);
  }, [file.name, filter]);
  useEffect(() => () => asking.current?.abort(), []);
  const rest = page === null ? 0 : page.matching - page.items.length;
  const fault = file.counts?.fault ?? null;
  return (
    <>
      <SentenceFilters file={file} filter={filter} change={setFilter} />
      {failure === null ? null : <Failure error={failure} retry={() => void ask(page?.items ?? [])} />}
      {fault === null ? null : (
        <p class="failure">
          Read up to {placeOf(fault.at)}: {fault.message}. Problems lists them all.
        </p>
      )}
      {page === null ? null : (
        <>
          <p class="numbers" role="status">
            {page.matching.toLocaleString("en")} of {page.sentences.toLocaleString("en")} sentences
            {file.counts?.truncated === true ? ", which are those that the server keeps of this file" : ""}
          </p>
          <ol class="sentences">
            {page.items.map((sentence) => (
              <Sentence key={sentence.index} sentence={sentence} types={types} />
            ))}
          </ol>
          {rest > 0 ? <More rest={rest} ask={() => void ask(page.items)} shown={page.items.length} /> : null}
        </>
      )}
    </>
  );
}

/** In a corpus folder, the file comes first. */
function placeOf({ source, line }: Place = {}): string {
  const words = [source ?? "", line === undefined ? "" : `line ${line}`].filter((word) => word !== "");
  return words.length === 0 ? "its first fault" : words.join(", ");
}

function Sentence({ sentence, types }: { readonly sentence: IndexedSentence; readonly types: readonly string[] }) {
  const { index, line, overlap } = sentence;
  const { id, tokens } = sentence.document;
  const shown = drawnAnnotation(id, tokens, sentence.document);
  const place = [
    `${(index + 1).toLocaleString("en")}.`,
    id,
    line === null ? "" : `line ${line}`,
    `${tokens.length} tokens`,
    ...overlap.filter((name) => name !== "none"),
  ];
  return (
    <li class="sentence">
      <p class="quiet place">
        <bdi>{place.filter((part) => part !== "").join(" · ")}</bdi>
      </p>
      <DrawnSentence shown={shown} types={types} />
    </li>
  );
}

interface MoreProps {
  readonly rest: number;
  readonly shown: number;
  readonly ask: () => void;
}

function More({ rest, shown, ask }: MoreProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = button.current;
    if (element === null) return undefined;
    near.watch(element, ask);
    return () => near.forget(element);
  }, [shown]);
  return (
    <button type="button" class="more" ref={button} onClick={ask}>
      {rest.toLocaleString("en")} more sentences
    </button>
  );
}
