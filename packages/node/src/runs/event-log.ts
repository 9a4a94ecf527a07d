import { open, readFile } from "node:fs/promises";
import type { EvaluationEvent, StepEvent, TrainEvent } from "@weft-nlp/core/training";
import { FileError } from "../errors.ts";
import { fileFailure, systemCodeOf } from "../files/file-failure.ts";
import { requireRegularFile } from "../files/regular-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";

/** The lines of a run's `events.jsonl`: the curves of the training. */
export type LoggedEvent =
  | Pick<StepEvent, "kind" | "part" | "epoch" | "step" | "loss" | "losses" | "gradNorm" | "sentences" | "riskRatio">
  | Pick<EvaluationEvent, "kind" | "part" | "epoch" | "step" | "protocol" | "score" | "entities" | "improved">;

/** The part of an event that the log keeps; `undefined` for events that are not logged. */
export function loggedForm(event: TrainEvent): LoggedEvent | undefined {
  if (event.kind === "step") return event;
  if (event.kind !== "evaluation") return undefined;
  const { kind, part, epoch, step, protocol, score, entities, improved } = event;
  const found = entities === undefined ? {} : { entities };
  return { kind, ...(part === undefined ? {} : { part }), epoch, step, protocol, score, ...found, improved };
}

/** The event in a line of a log; none if the line is incomplete, damaged or something else. */
export function eventOf(line: string): LoggedEvent[] {
  try {
    const value = JSON.parse(line) as LoggedEvent | null;
    const known = value?.kind === "step" || value?.kind === "evaluation";
    return known && Number.isSafeInteger(value.step) && Number.isSafeInteger(value.epoch) ? [value] : [];
  } catch {
    return [];
  }
}

/** Appends lines to a log. */
export class EventLog {
  readonly #path: string;
  #lines: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  add(event: LoggedEvent): void {
    this.#lines.push(`${JSON.stringify(event)}\n`);
  }

  /**
   * Writes what was added.
   *
   * @param durable whether it must survive a power failure, as before a checkpoint that relies on
   *   it; defaults to false
   */
  async flush(durable = false): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0 && !durable) return;
    try {
      const handle = await open(this.#path, "a");
      try {
        await handle.appendFile(lines.join(""));
        if (durable) await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      throw fileFailure(cause, this.#path, "write");
    }
  }

  /**
   * Brings the log in line with a checkpoint: removes the events after its step, which a resumed
   * training repeats, and lines that are damaged or repeat others. A log without any event is
   * accepted.
   *
   * @param step the steps that the checkpoint has
   * @param from the first step that the log should have; defaults to 1
   * @returns what was repaired, in words, if anything was; and the first step that the log has
   * @throws {FileError} EVENTS_INCOMPLETE if it lacks steps that the checkpoint has
   */
  async restore(step: number, from = 1): Promise<{ repaired: string | undefined; from: number }> {
    const lines = await readLogLines(this.#path);
    const events = new Map<string, LoggedEvent>();
    let [damaged, repeated] = [0, 0];
    for (const line of lines) {
      const [event] = eventOf(line);
      if (event === undefined) damaged++;
      else if (event.step <= step) {
        const place = `${event.kind} ${event.step} ${event.part ?? ""}`;
        if (events.has(place)) repeated++;
        events.set(place, event);
      }
    }
    const rank = ({ step: at, kind }: LoggedEvent): number => 2 * at + (kind === "step" ? 0 : 1);
    const kept = [...events.values()].sort((one, other) => rank(one) - rank(other));
    const steps = kept.filter(({ kind }) => kind === "step");
    const begins = steps.length === 0 ? step + 1 : from;
    const gap = Array.from({ length: step + 1 - begins }, (_, k) => begins + k).find((at, k) => steps[k]?.step !== at);
    if (gap !== undefined) throw incomplete(this.#path, gap, step);
    await writeFileAtomically(this.#path, kept.map((event) => `${JSON.stringify(event)}\n`).join(""));
    const faults = [
      ...(begins > from ? [`the log lacks the steps up to ${step}, so the curves begin after them`] : []),
      ...(damaged > 0 ? [`${damaged} damaged ${damaged === 1 ? "line was" : "lines were"} removed`] : []),
      ...(repeated > 0 ? [`${repeated} repeated ${repeated === 1 ? "line was" : "lines were"} removed`] : []),
    ];
    return { repaired: faults.length === 0 ? undefined : faults.join("; "), from: begins };
  }
}

function incomplete(source: string, gap: number, step: number): FileError {
  return new FileError("EVENTS_INCOMPLETE", {
    at: { source },
    message: `the log lacks step ${gap}, but the checkpoint has all up to ${step}`,
    hint: "put a copy of the log in its place, or move it away: the curves then begin where the training resumes",
  });
}

const maxBytes = 2 ** 32;

/** The whole lines of a log; a truncated last line is none. */
async function readLogLines(path: string): Promise<string[]> {
  try {
    await requireRegularFile(path, maxBytes);
    return (await readFile(path, "utf8")).split("\n").slice(0, -1);
  } catch (cause) {
    if ((cause instanceof FileError && cause.code === "FILE_MISSING") || systemCodeOf(cause) === "ENOENT") return [];
    throw fileFailure(cause, path, "read");
  }
}

/** Reads the events of a log. Skips incomplete and damaged lines; a missing log is empty. */
export async function readEvents(path: string): Promise<LoggedEvent[]> {
  return (await readLogLines(path)).flatMap(eventOf);
}
