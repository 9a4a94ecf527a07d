import type { TrainingVerdict } from "@weft-nlp/api";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { addressOf } from "../../route.ts";
import { call } from "../../server-requests.ts";
import { loadModels } from "../extract/extract-state.ts";
import type { ModelEntry } from "../extract/run-extraction.ts";
import { claimWords, entityWords, probabilityWords, signedPoints } from "../runs/compare-words.ts";
import { points } from "../runs/run-words.ts";
import { corrections } from "./corrections-api.ts";

/**
 * The verdict on a training: the new model against the one before on dev, with what to do next: use
 * it, go back, or correct what it got wrong.
 */
export function VerdictCard({ project, run }: { readonly project: string; readonly run: string }) {
  const [verdict, setVerdict] = useState<TrainingVerdict | null>(null);
  const [served, setServed] = useState<ModelEntry | null>(null);
  const [failure, setFailure] = useState<{ readonly error: unknown; readonly retry?: () => void } | null>(null);
  const [busy, setBusy] = useState(false);
  const load = (): void => {
    setFailure(null);
    const look = async (): Promise<void> => {
      const found = await call("trainingVerdict", { params: { name: project } });
      const { models } = await call("models");
      setServed(models.find(({ name }) => name === found.model) ?? null);
      setVerdict(found);
    };
    look().catch((error: unknown) => setFailure({ error, retry: load }));
  };
  useEffect(load, [project, run]);
  async function act(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await work();
      setFailure(null);
    } catch (error) {
      setFailure({ error });
    } finally {
      setBusy(false);
    }
  }
  const use = async (name: string, wanted: string | null): Promise<void> => {
    setServed(await call("useRun", { params: { name }, body: { run: wanted } }));
    await loadModels();
  };
  if (verdict === null) {
    return failure === null ? (
      <Loading words="Both models read the dev data…" />
    ) : (
      <Failure error={failure.error} retry={failure.retry} />
    );
  }
  const { model, before, wrong } = verdict;
  const uses = served?.run === run;
  return (
    <section class={`verdict-card ${verdict.claim}`} aria-label={`Verdict on ${run}`}>
      <h3>{claimWords(verdict, { first: before, second: run })}</h3>
      <Numbers verdict={verdict} run={run} />
      <div class="row">
        {uses ? (
          <>
            <strong role="status">
              {model} now serves <bdi>{run}</bdi>.
            </strong>
            <a href={addressOf("extract")}>Try it</a>
            {typeof served.before === "string" ? (
              <button type="button" disabled={busy} onClick={() => void act(async () => use(model, null))}>
                Back to {served.before}
              </button>
            ) : null}
          </>
        ) : (
          <button type="button" class="main" disabled={busy} onClick={() => void act(async () => use(model, run))}>
            Use this model
          </button>
        )}
        <button
          type="button"
          disabled={busy || wrong === 0}
          onClick={() =>
            void act(async () => {
              const { projects } = await corrections.list();
              const name = freeName(`${run}-wrong`, new Set(projects.map((each) => each.name.toLowerCase())));
              await corrections.create({ name, mistakes: run, model: null });
              location.hash = addressOf("correct", name);
            })
          }
        >
          Correct what it got wrong ({wrong.toLocaleString("en")})
        </button>
        <a href={`${addressOf("runs", run)}?show=${encodeURIComponent(run)}`}>Curves and scores</a>
      </div>
      {failure === null ? null : <Failure error={failure.error} retry={failure.retry} />}
    </section>
  );
}

function Numbers({ verdict, run }: { readonly verdict: TrainingVerdict; readonly run: string }) {
  const { before, scores, protocol, words, sentences, better, worse, same, difference, interval, p } = verdict;
  const [low, high] = interval;
  return (
    <>
      <p class="scores">
        F1 on dev: <bdi>{before}</bdi> <strong>{points(scores.first.f1)}</strong> → <bdi>{run}</bdi>{" "}
        <strong>{points(scores.second.f1)}</strong> ({signedPoints(difference)} points, 95 % interval {signedPoints(low)} to{" "}
        {signedPoints(high)}, p {probabilityWords(p)}). Of {sentences.toLocaleString("en")} sentences{" "}
        <strong>{better.toLocaleString("en")}</strong> are better, <strong>{worse.toLocaleString("en")}</strong> worse,{" "}
        {same.toLocaleString("en")} equal.{entityWords(verdict.entities)}
      </p>
      <p class="quiet">
        By {protocol}: {words}
      </p>
    </>
  );
}

/** A name that no project has, of characters that a project's name may have. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted
    .replaceAll(/[^A-Za-z0-9_-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(-70);
  let name = base;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
  return name;
}
