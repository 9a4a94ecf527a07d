import { slotColour } from "@weft-nlp/draw";
import { theme } from "../../page-theme.ts";
import { type Column, Table } from "../../parts/table.tsx";
import { addressOf, route } from "../../route.ts";
import { slotOfRun } from "./run-colours.ts";
import { dateWords, epochWords, points, spreadWords, stateWords } from "./run-words.ts";
import type { RunEntry } from "./runs-api.ts";
import { choose, chosen, list, runs } from "./runs-state.ts";

const columns: readonly Column[] = [
  ...["Curves", "Run", "State", "Model", "Data"],
  ...["F1 on dev", "Seed", "Epochs"].map((number) => ({ number })),
  "Started",
];

/** The table of runs; tick a run to draw its curves. */
export function RunTable() {
  const groups = list.value?.groups ?? [];
  return (
    <section aria-label="All runs">
      <Table label="Table of runs" columns={columns} class="panel">
        {runs.value.map((run) => (
          <Row key={run.name} run={run} />
        ))}
      </Table>
      {groups.map(({ group, runs: names, seeds, protocol, dev }) => (
        <p key={group} class="quiet">
          {names.join(", ")}: differ only in the seed ({seeds.join(", ")}). F1 on dev by {protocol}: {spreadWords(dev)}, mean ±
          sample standard deviation.
        </p>
      ))}
    </section>
  );
}

function Row({ run }: { readonly run: RunEntry }) {
  const { name, state, model, data, dev, seed, epochs, started, failure, tags } = run;
  const drawn = chosen.value.includes(name);
  const open = route.value.path[0] === name;
  return (
    <tr class={open ? "on" : undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={`Draw the curves of ${name}`}
          checked={drawn}
          onChange={({ currentTarget }) => choose(name, currentTarget.checked)}
        />{" "}
        <span class="swatch" style={drawn ? { background: slotColour(slotOfRun(name), theme.value).label } : {}} />
      </td>
      <th scope="row">
        <a href={addressOf("runs", name)} aria-current={open ? "true" : undefined}>
          <bdi>{name}</bdi>
        </a>
        {tags.map((tag) => (
          <span key={tag} class="tag">
            <bdi>{tag}</bdi>
          </span>
        ))}
      </th>
      <td>
        <span class={`state ${state}`}>{stateWords[state]}</span>
        {failure === undefined ? null : <small class="quiet"> {failure.message}</small>}
      </td>
      <td>{model ?? "–"}</td>
      <td>{data?.train ?? "–"}</td>
      <td class="number">
        {dev === null ? (
          "–"
        ) : (
          <>
            {points(dev.score)} <small class="quiet">{dev.protocol}</small>
          </>
        )}
      </td>
      <td class="number">{seed ?? "–"}</td>
      <td class="number">{epochWords(epochs)}</td>
      <td>{dateWords(started)}</td>
    </tr>
  );
}
