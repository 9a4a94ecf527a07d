import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exists } from "../files/exists.ts";
import { fileFailure, systemCodeOf } from "../files/file-failure.ts";
import { eventOf, type LoggedEvent } from "./event-log.ts";

/** The current contents of a run's log, and what is new since the last look. */
export interface LogLook {
  /** The events that are new. */
  readonly fresh: readonly LoggedEvent[];
  /**
   * True if the log was truncated, as by a resumed training: earlier events are void, and `fresh`
   * has all events.
   */
  readonly restarted: boolean;
  /** True once the training is over and its report is written. */
  readonly done: boolean;
}

export interface FollowOptions {
  /** Stops following, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks at the file. */
  readonly everyMs?: number | undefined;
  /** Looks once and stops. */
  readonly once?: boolean | undefined;
}

/**
 * Follows the log of a run while the training writes it: all events so far, then new ones, until
 * the run is done. Reads only what was appended, and waits for the end of an incomplete line.
 *
 * @param folder the run's folder; waits for a log that does not exist yet
 * @throws {FileError} if the log cannot be read
 */
export async function* followEvents(folder: string, options: FollowOptions = {}): AsyncGenerator<LogLook> {
  const { signal, everyMs = 500, once = false } = options;
  const log = new GrowingFile(join(folder, "events.jsonl"));
  for (let first = true; signal?.aborted !== true; first = false) {
    // Checked before reading the log, so that everything written before the report is read.
    const done = await exists(join(folder, "report.json"));
    const { lines, restarted } = await log.read();
    if (first || lines.length > 0 || restarted || done) {
      yield { fresh: lines.flatMap(eventOf), restarted, done };
    }
    if (done || once) return;
    await sleep(everyMs, undefined, { signal, ref: true }).catch(() => undefined);
  }
}

/** A growing file, read line by line without reading anything twice. */
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
      // A truncated log is another file under the same name, or a shorter one.
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
