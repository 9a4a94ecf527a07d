import "uplot/dist/uPlot.min.css";
import "./runs.css";
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { keepInAddress, route } from "../../route.ts";
import { ComparePanel } from "./compare-panel.tsx";
import { CurvesPanel } from "./curves-panel.tsx";
import { RunDetailsPanel } from "./run-details.tsx";
import { RunTable } from "./run-table.tsx";
import { chosen, chosenInAddress, compared, comparedInAddress, failure, list, loadRuns, runs } from "./runs-state.ts";

const whileRunningMs = 3000;
const otherwiseMs = 6000;

/** The view of trainings: their state, curves and scores, and a comparison of two runs. */
export function RunsTab() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const look = async (): Promise<void> => {
      if (!document.hidden) await loadRuns();
      if (left) return;
      const wait = runs.peek().some(({ state }) => state === "running") ? whileRunningMs : otherwiseMs;
      timer = setTimeout(() => void look(), wait);
    };
    void look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, []);
  const [name] = route.value.path;
  const shown = route.value.query.getAll("show").join("\n");
  // A link, such as that of a training, says what to draw.
  useEffect(() => {
    const asked = chosenInAddress();
    if (asked !== undefined && list.peek() !== null) chosen.value = asked;
  }, [name, shown]);
  useSignalEffect(() => {
    if (list.value === null || route.value.tab !== "runs") return;
    const { a, b, data } = compared.value ?? comparedInAddress() ?? {};
    keepInAddress({ show: chosen.value.length === 0 ? "" : chosen.value, a, b, on: data });
  });
  return (
    <div class="runs">
      {failure.value === null ? null : <Failure error={failure.value} retry={() => void loadRuns()} />}
      {list.value === null && failure.value === null ? <Loading words="Reading the runs…" /> : null}
      {list.value === null ? null : <Content shown={list.value.shown} name={name} />}
    </div>
  );
}

function Content({ shown, name }: { readonly shown: boolean; readonly name: string | undefined }) {
  if (!shown)
    return (
      <Empty
        words="This server has no runs folder. Start it with the output folder of weft train:"
        command="weft serve MODEL --runs runs"
      />
    );
  if (runs.value.length === 0)
    return <Empty words="The runs folder is empty. Train a model to add a run:" command="weft train weft.yaml --run runs/mine" />;
  return (
    <>
      <RunTable />
      {name === undefined || name === "" ? null : <RunDetailsPanel name={name} />}
      <CurvesPanel />
      <ComparePanel />
    </>
  );
}

function Empty({ words, command }: { readonly words: string; readonly command: string }) {
  return (
    <div class="panel empty">
      <p>{words}</p>
      <code>{command}</code>
    </div>
  );
}
