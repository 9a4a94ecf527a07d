import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exists } from "../files/exists.ts";
import { fileFailure, systemCodeOf } from "../files/file-failure.ts";
import type { LoggedEvent } from "./event-log.ts";

/** What a run's log holds by now, and what has come since the last look. */
export interface LogLook {
  /** The events that are new. */
  readonly fresh: readonly LoggedEvent[];
  /**
   * True where the log was cut back, as a resumed training does: what was seen before counts no
   * more, and `fresh` is everything.
   */
  readonly restarted: boolean;
  /** True once the training is over and its report is written. */
  readonly done: boolean;
}

export interface FollowOptions {
  /** Ends it, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Between two looks at the file. */
  readonly everyMs?: number | undefined;
  /** Looks once and ends. */
  readonly once?: boolean | undefined;
}

/**
 * Follows the log of a run while the training writes it: the curves so far, then what is new, until
 * the run is done. Reads only what was added; a line that is not complete yet waits for its end.
 *
 * @param folder of the run; a log that is not there yet is waited for
 * @throws {FileError} where the log cannot be read
 */
export async function* followEvents(folder: string, options: FollowOptions = {}): AsyncGenerator<LogLook> {
  const { signal, everyMs = 500, once = false } = options;
  const log = new GrowingFile(join(folder, "events.jsonl"));
  for (let first = true; signal?.aborted !== true; first = false) {
    // Asked before the log is read: what was written before the report is then among what is read.
    const done = await exists(join(folder, "report.json"));
    const { lines, restarted } = await log.read();
    if (first || lines.length > 0 || restarted || done) {
      yield { fresh: lines.flatMap(eventOf), restarted, done };
    }
    if (done || once) return;
    await sleep(everyMs, undefined, { signal, ref: true }).catch(() => undefined);
  }
}

/** A file that grows at its end, read line by line without reading anything twice. */
export class GrowingFile {
  readonly #path: string;
  #offset = 0;
  #file = "";
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<{ lines: string[]; restarted: boolean }> {
    try {
      const { size, ino } = await stat(this.#path);
      // A log that was cut back is another file under the same name, or a shorter one.
      const restarted = this.#file !== "" && (this.#file !== `${ino}` || size < this.#offset);
      this.#file = `${ino}`;
      if (restarted) {
        this.#offset = 0;
        this.#rest = Buffer.alloc(0);
      }
      return { lines: await this.#readFrom(size), restarted };
    } catch (cause) {
      if (systemCodeOf(cause) === "ENOENT") return { lines: [], restarted: false };
      throw fileFailure(cause, this.#path, "read");
    }
  }

  async #readFrom(size: number): Promise<string[]> {
    if (size <= this.#offset) return [];
    const handle = await open(this.#path);
    try {
      const bytes = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#offset);
      this.#offset += bytesRead;
      const all = Buffer.concat([this.#rest, bytes.subarray(0, bytesRead)]);
      const end = all.lastIndexOf("\n") + 1;
      this.#rest = all.subarray(end);
      return all
        .subarray(0, end)
        .toString()
        .split("\n")
        .filter((line) => line !== "");
    } finally {
      await handle.close();
    }
  }
}

export function eventOf(line: string): LoggedEvent[] {
  try {
    return [JSON.parse(line) as LoggedEvent];
  } catch {
    return [];
  }
}
