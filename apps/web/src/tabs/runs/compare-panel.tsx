import type { Annotation } from "@weft-nlp/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { drawnAnnotation, typesOf } from "../../parts/drawn-annotation.ts";
import { Failure } from "../../parts/failure.tsx";
import { type DataFile, listData } from "../data/data-api.ts";
import { Arcs } from "../extract/arcs.tsx";
import { claimWords, entityWords, probabilityWords, signedPoints } from "./compare-words.ts";
import { points } from "./run-words.ts";
import { type ComparedSentence, compareRuns, type RunComparison } from "./runs-api.ts";
import { compared, comparedInAddress, runs } from "./runs-state.ts";

type ComparedRuns = NonNullable<typeof compared.value>;

const step = 10;

/** Compares two finished runs on a file: the sentences where they differ, with gold above. */
export function ComparePanel() {
  const done = runs.value.filter(({ state }) => state === "done");
  const [files, setFiles] = useState<readonly DataFile[]>([]);
  const [result, setResult] = useState<RunComparison | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const asked = useRef<{ query: ComparedRuns; stop: AbortController } | null>(null);
  useEffect(() => {
    listData().then(
      (list) => setFiles(list.files),
      (error: unknown) => setFailure(error),
    );
    const linked = comparedInAddress();
    if (linked !== null) void ask(linked, []);
    return () => asked.current?.stop.abort();
  }, []);
  const linked = compared.value ?? comparedInAddress();
  if (done.length < 2) return null;

  async function ask(query: ComparedRuns, before: readonly ComparedSentence[]): Promise<void> {
    asked.current?.stop.abort();
    const stop = new AbortController();
    asked.current = { query, stop };
    compared.value = query;
    setBusy(true);
    setFailure(null);
    try {
      const found = await compareRuns({ ...query, offset: before.length, limit: step }, stop.signal);
      setResult({ ...found, items: [...before, ...found.items] });
    } catch (error) {
      if (!stop.signal.aborted) setFailure(error);
    } finally {
      if (asked.current.stop === stop) setBusy(false);
    }
  }

  return (
    <section class="panel compare" aria-label="Compare two runs">
      <h2>Two runs side by side</h2>
      {files.length === 0 ? (
        <p class="quiet">
          Start the server with <code>--data</code> and annotated files to see where two runs differ.
        </p>
      ) : (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            const fields = new FormData(event.currentTarget);
            const text = (name: string): string => {
              const value = fields.get(name);
              return typeof value === "string" ? value : "";
            };
            setResult(null);
            const query = { a: text("a"), b: text("b"), data: text("data") };
            void ask(query, []);
          }}
        >
          <Choice label="A" name="a" options={done.map(({ name }) => name)} first={linked?.a ?? done[0]?.name} />
          <Choice label="B" name="b" options={done.map(({ name }) => name)} first={linked?.b ?? done[1]?.name} />
          <Choice label="on" name="data" options={files.map(({ name }) => name)} first={linked?.data ?? files[0]?.name} />
          <button type="submit" class="main" disabled={busy}>
            Compare
          </button>
          <span class="quiet" role="status">
            {busy && result === null ? "Both models read the sentences …" : ""}
          </span>
        </form>
      )}
      {failure === null ? null : <Failure error={failure} />}
      {result === null ? null : (
        <Result
          result={result}
          busy={busy}
          more={() => {
            if (asked.current !== null) void ask(asked.current.query, result.items);
          }}
        />
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly options: readonly string[];
  readonly first: string | undefined;
}

function Choice({ label, name, options, first }: ChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select name={name}>
        {options.map((option) => (
          <option key={option} value={option} selected={option === first}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

function Result({ result, busy, more }: { readonly result: RunComparison; readonly busy: boolean; readonly more: () => void }) {
  const { first, second, sentences, better, worse, same, protocol, words, scores, items, difference, interval, p } = result;
  const rest = better + worse - items.length;
  return (
    <>
      <p class="verdict" role="status">
        <strong>{claimWords(result, { first: "A", second: "B" })}</strong> F1 by {protocol}: A{" "}
        <strong>{points(scores.first.f1)}</strong>, B <strong>{points(scores.second.f1)}</strong>. Of{" "}
        {sentences.toLocaleString("en")} sentences B is better in {better.toLocaleString("en")}, worse in{" "}
        {worse.toLocaleString("en")}, equal in {same.toLocaleString("en")}.{entityWords(result.entities)}
      </p>
      <p class="quiet">
        B − A is {signedPoints(difference)} points, 95 % interval {signedPoints(interval[0])} to {signedPoints(interval[1])}, p{" "}
        {probabilityWords(p)}. {protocol}: {words}
      </p>
      <ol class="differences">
        {items.map((item, index) => (
          <Difference key={index} item={item} first={first} second={second} />
        ))}
      </ol>
      {rest > 0 ? (
        <button type="button" class="more" disabled={busy} onClick={more}>
          {rest.toLocaleString("en")} more sentences
        </button>
      ) : null}
    </>
  );
}

function Difference({
  item,
  first,
  second,
}: {
  readonly item: ComparedSentence;
  readonly first: string;
  readonly second: string;
}) {
  const { document: gold, verdict, gain, mistakes } = item;
  const { id, tokens } = gold;
  const types = typesOf([gold, item.first, item.second]);
  const sides: readonly (readonly [name: string, annotation: Annotation, mistakes: readonly string[] | null])[] = [
    ["Gold", gold, null],
    [`A: ${first}`, item.first, mistakes.first],
    [`B: ${second}`, item.second, mistakes.second],
  ];
  return (
    <li>
      <h3>
        <bdi>{id}</bdi>{" "}
        <small class="quiet">
          B is {verdict}, F1 {gain > 0 ? "+" : "−"}
          {points(Math.abs(gain))}
        </small>
      </h3>
      {sides.map(([name, annotation, wrong]) => (
        <div key={name} class="side">
          <h4>
            <bdi>{name}</bdi>
          </h4>
          <Arcs document={drawnAnnotation(id, tokens, annotation)} types={types} highlighted={null} onPoint={() => undefined} />
          <Triples tokens={tokens} annotation={annotation} wrong={wrong} />
        </div>
      ))}
    </li>
  );
}

interface TriplesProps {
  readonly tokens: readonly string[];
  readonly annotation: Annotation;
  readonly wrong: readonly string[] | null;
}

/** The relations as a list. */
function Triples({ tokens, annotation: { entities, relations }, wrong }: TriplesProps) {
  const words = (index: number): string => tokens.slice(entities[index]?.start, entities[index]?.end).join(" ");
  return (
    <ul class="quiet">
      {relations.map(({ head, tail, type }, index) => (
        <li key={index}>
          <bdi>{words(head)}</bdi> <em>{type}</em> <bdi>{words(tail)}</bdi>
        </li>
      ))}
      {relations.length === 0 ? <li>no relation</li> : null}
      {wrong === null || wrong.length === 0 ? null : <li class="wrong">{tallied(wrong)}</li>}
    </ul>
  );
}

function tallied(names: readonly string[]): string {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(", ");
}
