import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { addressOf } from "../../route.ts";
import { RunActions } from "./run-actions.tsx";
import { epochWords, points, spreadWords, stateWords } from "./run-words.ts";
import { type RunDetails, readRun, type SplitSummary } from "./runs-api.ts";
import { runs } from "./runs-state.ts";

/** The scores of a run, with the matching rule of every protocol, and its configuration. */
export function RunDetailsPanel({ name }: { readonly name: string }) {
  const [details, setDetails] = useState<RunDetails | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const entry = runs.value.find((run) => run.name === name);
  const stand = `${entry?.state} ${entry?.epochs.done} ${entry?.tags.join()}`;
  useEffect(() => {
    const stop = new AbortController();
    readRun(name, stop.signal).then(
      (read): undefined => {
        setDetails(read);
        setFailure(null);
        return undefined;
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setFailure(error);
      },
    );
    return () => stop.abort();
  }, [name, stand, attempt]);
  if (failure !== null) return <Failure error={failure} retry={() => setAttempt(attempt + 1)} />;
  if (details === null || details.run.name !== name) return <Loading words="Reading the run…" />;
  const { run, dev, test, config, problem } = details;
  return (
    <section class="panel details" aria-label={`Run ${name}`}>
      <div class="row">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <span class={`state ${run.state}`}>{stateWords[run.state]}</span>
        <span class="quiet">
          {epochWords(run.epochs)} epochs{run.dev === null ? "" : `, best epoch ${run.dev.epoch}`}
        </span>
        <a class="push" href={addressOf("runs")}>
          Close
        </a>
      </div>
      <RunActions run={run} />
      {dev === null ? <p class="quiet">Scores appear when the training ends.</p> : <Scores title="Dev" split={dev} />}
      {test === null ? null : <Scores title="Test" split={test} />}
      <details>
        <summary>Configuration</summary>
        {config === null ? (
          <p class="quiet">The configuration cannot be shown: {problem}.</p>
        ) : (
          <Table label="Configuration" columns={["Setting", "Value"]}>
            {settingsOf(config).map(([path, value]) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>
                  <code>{value}</code>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </details>
    </section>
  );
}

function Scores({ title, split }: { readonly title: string; readonly split: SplitSummary }) {
  const { sentences, selection, confidence, protocols } = split;
  const spread = protocols.some((each) => each.spread !== null);
  const interval = confidence === null ? "Interval" : `${Math.round(100 * confidence)} % interval`;
  const columns: readonly Column[] = [
    "Protocol",
    ...["Precision", "Recall", "F1", interval, ...(spread ? ["F1 over seeds"] : [])].map((number) => ({ number })),
    "Matching rule",
  ];
  const counted = `${title}: ${sentences.toLocaleString("en")} sentences, micro average in per cent`;
  const caption = selection === null ? counted : `${counted}, ${selection}`;
  return (
    <Table label={`Scores on ${title.toLowerCase()}`} columns={columns} caption={caption}>
      {protocols.map(({ protocol, words, micro, interval: range, spread: over }) => (
        <tr key={protocol}>
          <th scope="row">{protocol}</th>
          <td class="number">{points(micro.precision)}</td>
          <td class="number">{points(micro.recall)}</td>
          <td class="number">
            <strong>{points(micro.f1)}</strong>
          </td>
          <td class="number">{range === null ? "–" : `${points(range[0])} – ${points(range[1])}`}</td>
          {spread ? <td class="number">{over === null ? "–" : spreadWords(over)}</td> : null}
          <td class="meaning">{words}</td>
        </tr>
      ))}
    </Table>
  );
}

/** `training.epochs` and its value, for every setting. */
function settingsOf(value: unknown, path = ""): (readonly [path: string, value: string])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => settingsOf(inner, path === "" ? name : `${path}.${name}`));
}
