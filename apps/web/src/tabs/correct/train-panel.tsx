import { useEffect, useState } from "preact/hooks";
import { addressOf } from "../../route.ts";
import { call } from "../../server-requests.ts";
import { corrections, type TrainState } from "./corrections-api.ts";

/** Trains on the sentences that are done, and shows the progress. */
export function TrainPanel({ name, done }: { readonly name: string; readonly done: number }) {
  const [runs, setRuns] = useState<readonly string[]>([]);
  const [from, setFrom] = useState("");
  const [data, setData] = useState<"added" | "alone">("added");
  const [state, setState] = useState<TrainState>({ state: "none" });
  const [said, say] = useState("");
  const running = state.state === "running";
  const ask = async (work: Promise<TrainState>): Promise<void> => {
    try {
      setState(await work);
      say("");
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => {
    call("runs").then(
      (answer) => setRuns(answer.runs.map((run) => run.name)),
      () => setRuns([]),
    );
    void ask(corrections.training(name));
  }, [name]);
  useEffect(() => {
    if (!running) return undefined;
    const clock = setInterval(() => void ask(corrections.training(name)), 2000);
    return () => clearInterval(clock);
  }, [name, running]);
  return (
    <div class="row training">
      <label>
        Train like{" "}
        <select value={from} onChange={({ currentTarget }) => setFrom(currentTarget.value)}>
          <option value="">a small model</option>
          {runs.map((run) => (
            <option key={run} value={run}>
              {run}
            </option>
          ))}
        </select>
      </label>
      {from === "" ? null : (
        <label>
          on{" "}
          <select value={data} onChange={({ currentTarget }) => setData(currentTarget.value as "added" | "alone")}>
            <option value="added">its data and the done sentences</option>
            <option value="alone">only the done sentences</option>
          </select>
        </label>
      )}
      {running ? (
        <button type="button" onClick={() => void ask(corrections.stopTraining(name))}>
          Stop training
        </button>
      ) : (
        <button
          type="button"
          disabled={done === 0}
          onClick={() => void ask(corrections.train(name, from === "" ? { data: "alone" } : { from, data }))}
        >
          Train on these
        </button>
      )}
      <span class="quiet" role="status">
        {stateWords[state.state]}
        {state.run === undefined ? null : (
          <>
            {" "}
            <a href={addressOf("runs", state.run)}>{state.run}</a> {state.data === undefined ? "" : `(${state.data})`}{" "}
            {state.message}
          </>
        )}
        {said}
      </span>
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
