import { slotColour } from "@weft-nlp/draw";
import { useEffect, useMemo } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { type Column, Table } from "../../parts/table.tsx";
import { type Curve, CurveChart } from "./curve-chart.tsx";
import { slotOfRun } from "./run-colours.ts";
import { points } from "./run-words.ts";
import type { CurvePoint } from "./runs-api.ts";
import { chosen, curves, follow, runs } from "./runs-state.ts";

/** Loss and dev score of the ticked runs, updated while a run trains. */
export function CurvesPanel() {
  const names = chosen.value;
  return (
    <section class="panel curves" aria-label="Curves">
      <h2>Curves</h2>
      {names.map((name) => (
        <Follower key={name} name={name} />
      ))}
      {names.length === 0 ? <p class="quiet">Tick runs above to draw their curves.</p> : <Charts names={names} />}
    </section>
  );
}

/** Follows a run while it is ticked, and again when its training resumes. */
function Follower({ name }: { readonly name: string }) {
  const training = runs.value.find((run) => run.name === name)?.state === "running";
  useEffect(() => {
    const stop = new AbortController();
    void follow(name, stop.signal);
    return () => stop.abort();
  }, [name, training]);
  return null;
}

const columns: readonly Column[] = ["Curve", ...["Epochs", "Last loss", "Last F1", "Best F1"].map((number) => ({ number }))];

function Charts({ names }: { readonly names: readonly string[] }) {
  const known = curves.value;
  const colours = theme.value;
  const { losses, scores } = useMemo(() => {
    // The darker colour of each slot.
    const colourOf = (name: string): string => slotColour(slotOfRun(name), colours).label;
    const drawn = (kind: CurvePoint["kind"]): Curve[] =>
      names.flatMap((name) => {
        const all = (known.get(name) ?? []).filter((point) => point.kind === kind);
        const parts = [...new Set(all.map(({ part }) => part))];
        return parts.map((part, index) => ({
          name: part === undefined ? name : `${name}, ${part}`,
          colour: colourOf(name),
          dashed: index > 0,
          points: all.flatMap((point) =>
            point.part === part ? [[point.at, point.kind === "loss" ? point.loss : point.score] as const] : [],
          ),
        }));
      });
    return { losses: drawn("loss"), scores: drawn("score") };
  }, [names, known, colours]);
  const protocols = [
    ...new Set(
      names.flatMap((name) => (known.get(name) ?? []).flatMap((point) => (point.kind === "score" ? point.protocol : []))),
    ),
  ];
  return (
    <>
      <div class="charts">
        <CurveChart title="Training loss" unit="mean over sentences" curves={losses} print={short} />
        <CurveChart
          title="F1 on dev"
          unit={protocols.length === 0 ? "per cent" : `per cent, by ${protocols.join(" and ")}`}
          curves={scores}
          print={points}
        />
      </div>
      <Table label="Table of the curves" columns={columns}>
        {losses.map(({ name, colour, points: ofLoss }) => (
          <CurveRow
            key={name}
            name={name}
            colour={colour}
            losses={ofLoss}
            scores={scores.find((each) => each.name === name)?.points ?? []}
          />
        ))}
      </Table>
    </>
  );
}

/** Three digits, without an exponent. */
function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

interface CurveRowProps {
  readonly name: string;
  readonly colour: string;
  readonly losses: Curve["points"];
  readonly scores: Curve["points"];
}

function CurveRow({ name, colour, losses, scores }: CurveRowProps) {
  const [lastLoss, lastScore] = [losses.at(-1), scores.at(-1)];
  const best = scores.reduce<readonly [number, number] | undefined>(
    (max, each) => (max === undefined || each[1] > max[1] ? each : max),
    undefined,
  );
  return (
    <tr>
      <th scope="row">
        <span class="swatch" style={{ background: colour }} /> <bdi>{name}</bdi>
      </th>
      <td class="number">{lastLoss === undefined ? "–" : Math.ceil(lastLoss[0])}</td>
      <td class="number">{lastLoss === undefined ? "–" : short(lastLoss[1])}</td>
      <td class="number">{lastScore === undefined ? "–" : points(lastScore[1])}</td>
      <td class="number">{best === undefined ? "–" : `${points(best[1])} (epoch ${best[0]})`}</td>
    </tr>
  );
}
