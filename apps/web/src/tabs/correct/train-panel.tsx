import "./training.css";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { addressOf } from "../../route.ts";
import { call } from "../../server-requests.ts";
import { listModels, type ModelEntry } from "../extract/run-extraction.ts";
import { corrections, type TrainState } from "./corrections-api.ts";
import { TrainingProgress } from "./training-progress.tsx";
import { VerdictCard } from "./verdict-card.tsx";

const whileRunningMs = 1000;
/** How to begin: `model:NAME`, `run:NAME`, or empty for a small model from nothing. */
type Beginning = `model:${string}` | `run:${string}` | "";

/** Trains on the sentences that are done, shows how far it is, and whether the result is better. */
export function TrainPanel({ name, done }: { readonly name: string; readonly done: number }) {
  const [models, setModels] = useState<readonly ModelEntry[]>([]);
  const [runs, setRuns] = useState<readonly string[]>([]);
  const [chosen, choose] = useState<Beginning | null>(null);
  const [data, setData] = useState<"added" | "alone">("added");
  const [state, setState] = useState<TrainState>({ state: "none" });
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const running = state.state === "running";
  const ask = async (work: Promise<TrainState>): Promise<void> => {
    setBusy(true);
    try {
      setState(await work);
      setFailure(null);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    listModels().then(setModels, () => setModels([]));
    call("runs").then(
      (answer) => setRuns(answer.runs.filter((run) => run.state === "done").map((run) => run.name)),
      () => setRuns([]),
    );
    void ask(corrections.training(name));
  }, [name]);
  useEffect(() => {
    if (!running) return undefined;
    const clock = setInterval(() => {
      corrections.training(name).then(setState, setFailure);
    }, whileRunningMs);
    return () => clearInterval(clock);
  }, [name, running]);
  const [first] = models;
  const beginning: Beginning = chosen ?? (first === undefined ? "" : `model:${first.name}`);
  const [kind = "", ...rest] = beginning.split(":");
  const from = rest.join(":");
  const hasData =
    kind === "run" || (kind === "model" && models.some((model) => model.name === from && typeof model.run === "string"));
  const request = {
    ...(kind === "model" ? { model: from } : kind === "run" ? { from } : { data: "alone" as const }),
    ...(hasData ? { data } : {}),
  };
  return (
    <div class="training">
      <div class="row">
        <label>
          Start from{" "}
          <select value={beginning} disabled={running} onChange={({ currentTarget }) => choose(currentTarget.value as Beginning)}>
            {models.map((model) => (
              <option key={model.name} value={`model:${model.name}`}>
                {model.name}, as it is served
              </option>
            ))}
            {runs.map((run) => (
              <option key={run} value={`run:${run}`}>
                nothing, with the settings of {run}
              </option>
            ))}
            <option value="">nothing, a small model</option>
          </select>
        </label>
        {hasData ? (
          <label>
            on{" "}
            <select
              value={data}
              disabled={running}
              onChange={({ currentTarget }) => setData(currentTarget.value as "added" | "alone")}
            >
              <option value="added">its data and the done sentences</option>
              <option value="alone">only the done sentences</option>
            </select>
          </label>
        ) : null}
        {running ? (
          <button type="button" disabled={busy} onClick={() => void ask(corrections.stopTraining(name))}>
            Stop training
          </button>
        ) : (
          <button type="button" disabled={done === 0 || busy} onClick={() => void ask(corrections.train(name, request))}>
            Train on these
          </button>
        )}
        <span class="quiet" role="status">
          {done === 0 && state.state === "none" ? "Mark a sentence as done first." : stateWords[state.state]}
          {state.run === undefined ? null : (
            <>
              {" "}
              <a href={`${addressOf("runs", state.run)}?show=${encodeURIComponent(state.run)}`}>{state.run}</a>{" "}
              {state.data === undefined ? "" : `(${state.data})`} {state.message}
            </>
          )}
        </span>
      </div>
      {failure === null ? null : <Failure error={failure} />}
      {running ? <TrainingProgress progress={state.progress} /> : null}
      {state.state === "done" && state.run !== undefined ? <VerdictCard key={state.run} project={name} run={state.run} /> : null}
    </div>
  );
}

const stateWords: Record<TrainState["state"], string> = {
  none: "",
  running: "Training",
  done: "Trained",
  failed: "Training failed:",
  stopped: "Training stopped:",
};
