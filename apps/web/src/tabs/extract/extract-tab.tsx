import "./extract.css";
import { useEffect } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { exampleText } from "./example-text.ts";
import { readAddress, writeAddress } from "./extract-address.ts";
import { busy, failure, found, loadModels, model, run, text } from "./extract-state.ts";
import { KnownPanel } from "./known-panel.tsx";
import { RecentList } from "./recent-list.tsx";
import { Results } from "./results.tsx";
import { TextForm } from "./text-form.tsx";

/** The view for extraction, and the first screen. It reads the text in the address at once. */
export function ExtractTab() {
  useEffect(() => {
    readAddress();
    void begin();
    return writeAddress();
  }, []);
  const asked = model.value;
  return (
    <div class="extract" aria-busy={busy.value}>
      {text.value === exampleText ? <Welcome name={asked?.name} /> : null}
      <TextForm />
      <RecentList />
      {asked === undefined ? null : <KnownPanel model={asked} />}
      {failure.value === null ? null : <Failure error={failure.value.error} retry={failure.value.retry} />}
      {found.value !== null ? (
        <Results found={found.value} />
      ) : busy.value || (asked === undefined && failure.value === null) ? (
        <Loading words="Reading the text…" />
      ) : null}
    </div>
  );
}

/** Reads the text if it was not read before by the model as it is now. */
async function begin(): Promise<void> {
  await loadModels();
  const [asked, before] = [model.peek(), found.peek()];
  const isRead = before !== null && before.model.name === asked?.name && before.model.loadedAt === asked.loadedAt;
  if (asked?.needsEntities === false && !isRead) await run();
}

function Welcome({ name }: { readonly name: string | undefined }) {
  return (
    <p class="welcome">
      {name === undefined ? "The model" : <strong>{name}</strong>} marks entities in a text and the relations between them. This
      is an example. Paste your own text over it, or drop files on it. “Correct this” below turns what it finds into training
      data.
    </p>
  );
}
