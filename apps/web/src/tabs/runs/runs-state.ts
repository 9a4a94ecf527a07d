import { computed, signal } from "@preact/signals";
import { route } from "../../route.ts";
import { numberRuns } from "./run-colours.ts";
import { type CurvePoint, followRun, listRuns, type RunEntry, type RunList } from "./runs-api.ts";

export const list = signal<RunList | null>(null);
export const failure = signal<unknown>(null);
/** The runs whose curves are drawn, in the order of selection. */
export const chosen = signal<readonly string[]>([]);
export const curves = signal<ReadonlyMap<string, readonly CurvePoint[]>>(new Map());

/** The comparison that is shown: two runs, and the file that they are compared on. */
export const compared = signal<{ readonly a: string; readonly b: string; readonly data: string } | null>(null);

/** The comparison in the address, or else the one that was shown last. */
export function comparedInAddress(): typeof compared.value {
  const { query } = route.peek();
  const [a, b, data] = [query.get("a"), query.get("b"), query.get("on")];
  return a !== null && b !== null && data !== null ? { a, b, data } : compared.peek();
}

export const runs = computed<readonly RunEntry[]>(() => list.value?.runs ?? []);

/** Max curves that stay distinguishable in one chart. */
const maxChosen = 8;
const shownAtFirst = 3;

export async function loadRuns(): Promise<void> {
  try {
    const first = list.peek() === null;
    const now = await listRuns();
    numberRuns(now.runs);
    list.value = now;
    failure.value = null;
    if (first) chosen.value = chosenInAddress() ?? atFirst(now.runs);
  } catch (error) {
    failure.value = error;
  }
}

/** The runs whose curves the address shows; undefined if it says nothing about them. */
export function chosenInAddress(): readonly string[] | undefined {
  const { query } = route.peek();
  if (!query.has("show")) return undefined;
  return query
    .getAll("show")
    .filter((name) => name !== "")
    .slice(0, maxChosen);
}

export function choose(name: string, on: boolean): void {
  const others = chosen.value.filter((each) => each !== name);
  chosen.value = on ? [...others, name].slice(-maxChosen) : others;
}

/** The running trainings, or else the latest run. */
function atFirst(all: readonly RunEntry[]): readonly string[] {
  const running = all.filter(({ state }) => state === "running");
  const latest = all.toSorted((a, b) => (b.started ?? "").localeCompare(a.started ?? ""));
  return (running.length > 0 ? running : latest).slice(0, shownAtFirst).map(({ name }) => name);
}

const retryMs = 3000;

/** Keeps the curve of a run up to date until the signal aborts or the training ends. */
export async function follow(name: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      let fresh = true;
      for await (const message of followRun(name, stop)) {
        if (message.kind === "end") {
          void loadRuns();
          return;
        }
        const known = fresh || message.restarted ? [] : (curves.value.get(name) ?? []);
        curves.value = new Map(curves.value).set(name, [...known, ...message.points]);
        fresh = false;
      }
    } catch (error) {
      if (stop.aborted) return;
      failure.value = error;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
