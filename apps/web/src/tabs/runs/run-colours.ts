import { slotCount } from "@weft-nlp/draw";
import type { RunEntry } from "./runs-api.ts";

const storedUnder = "weft-run-colours";
/** Runs to remember; the oldest are dropped. */
const maxRuns = 500;

let numbers = stored();

/**
 * Gives every new run the next number, in the order in which they began. A run keeps its number, so
 * it keeps its colour, whatever else is drawn, deleted or trained.
 */
export function numberRuns(runs: readonly RunEntry[]): void {
  const fresh = runs
    .filter(({ name }) => !numbers.has(name))
    .toSorted((a, b) => (a.started ?? "").localeCompare(b.started ?? ""));
  if (fresh.length === 0) return;
  let next = Math.max(-1, ...numbers.values()) + 1;
  numbers = new Map([...numbers, ...fresh.map(({ name }) => [name, next++] as const)].slice(-maxRuns));
  store();
}

/** A renamed run keeps its colour too. */
export function renameNumber(from: string, to: string): void {
  const number = numbers.get(from);
  if (number === undefined) return;
  numbers = new Map([...numbers].filter(([name]) => name !== from)).set(to, number);
  store();
}

/** The slot of a run's colour. Steps of five, since neighbours look alike. */
export function slotOfRun(name: string): number {
  return (5 * (numbers.get(name) ?? 0)) % slotCount;
}

function stored(): ReadonlyMap<string, number> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storedUnder) ?? "[]");
    return new Map(Array.isArray(value) ? value.filter(isNumbered) : []);
  } catch {
    return new Map();
  }
}

function isNumbered(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === "string" && Number.isSafeInteger(value[1]) && value[1] >= 0;
}

function store(): void {
  try {
    localStorage.setItem(storedUnder, JSON.stringify([...numbers]));
  } catch {
    // Without storage, colours last as long as the page.
  }
}
