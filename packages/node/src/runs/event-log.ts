import { appendFile, readFile } from "node:fs/promises";
import type { EvaluationEvent, StepEvent, TrainEvent } from "@weft-nlp/core/training";
import { fileFailure, systemCodeOf } from "../files/file-failure.ts";
import { writeFileAtomically } from "../files/write-file.ts";

/** The lines of a run's `events.jsonl`: the curves of the training. */
export type LoggedEvent =
  | Pick<StepEvent, "kind" | "part" | "epoch" | "step" | "loss" | "losses" | "gradNorm" | "sentences">
  | Pick<EvaluationEvent, "kind" | "part" | "epoch" | "step" | "protocol" | "score" | "entities" | "improved">;

/** The part of an event that the log keeps; `undefined` for events that are not logged. */
export function loggedForm(event: TrainEvent): LoggedEvent | undefined {
  if (event.kind === "step") return event;
  if (event.kind !== "evaluation") return undefined;
  const { kind, part, epoch, step, protocol, score, entities, improved } = event;
  const found = entities === undefined ? {} : { entities };
  return { kind, ...(part === undefined ? {} : { part }), epoch, step, protocol, score, ...found, improved };
}

/** Appends lines to a log. A power failure may lose the last lines, but never earlier ones. */
export class EventLog {
  readonly #path: string;
  #lines: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  add(event: LoggedEvent): void {
    this.#lines.push(`${JSON.stringify(event)}\n`);
  }

  async flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0) return;
    try {
      await appendFile(this.#path, lines.join(""));
    } catch (cause) {
      throw fileFailure(cause, this.#path, "write");
    }
  }

  /** Drops the events after a step: a resumed training repeats them. */
  async rewind(step: number): Promise<void> {
    const kept = (await readEvents(this.#path)).filter((event) => event.step <= step);
    await writeFileAtomically(this.#path, kept.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
}

/** Reads the events of a log. Skips a truncated last line; a missing log is empty. */
export async function readEvents(path: string): Promise<LoggedEvent[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return "";
    throw cause;
  });
  return text
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LoggedEvent];
      } catch {
        return [];
      }
    });
}
