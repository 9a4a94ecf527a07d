import type { RunEntry, Spread } from "./runs-api.ts";

/** A share in per cent, with one decimal. */
export function points(share: number): string {
  return (100 * share).toFixed(1);
}

/** `54.1 ± 0.8 (3 runs)`: mean and sample standard deviation. */
export function spreadWords({ n, mean, deviation }: Spread): string {
  return `${points(mean)}${deviation === null ? "" : ` ± ${points(deviation)}`} (${n} runs)`;
}

export const stateWords: Readonly<Record<RunEntry["state"], string>> = {
  running: "Running",
  stopped: "Stopped",
  failed: "Failed",
  done: "Done",
};

export function epochWords({ done, planned }: RunEntry["epochs"]): string {
  return planned === null ? String(done) : `${done} of ${planned}`;
}

export function dateWords(iso: string | null): string {
  return iso === null ? "" : new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
