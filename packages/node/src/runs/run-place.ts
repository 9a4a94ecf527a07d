import { exists } from "../files/exists.ts";
import type { Lock } from "../files/lock-file.ts";
import { makeFolder } from "../files/write-file.ts";
import { holdsRun, type Resume, runExists } from "./find-checkpoint.ts";
import { lockRun } from "./run-lock.ts";

/** The folder of a run while this process trains there. */
export class RunPlace {
  readonly #folder: string;
  readonly #resume: Resume;
  #lock: Lock | undefined;
  /** The first step in the log. */
  curvesFrom = 1;

  constructor(folder: string, resume: Resume = false) {
    this.#folder = folder;
    this.#resume = resume;
  }

  /**
   * Claims a folder that exists before anything of its run is read.
   *
   * @throws {FileError} FILE_IN_USE if another process trains there
   */
  async claimExisting(): Promise<void> {
    if (this.#resume !== false && (await exists(this.#folder))) this.#lock = await lockRun(this.#folder);
  }

  /**
   * Makes a new folder and claims it. Another process may have begun there since this one looked.
   *
   * @throws {FileError} FILE_IN_USE, RUN_EXISTS
   */
  async claim(): Promise<void> {
    if (this.#lock !== undefined) return;
    await makeFolder(this.#folder);
    this.#lock = await lockRun(this.#folder);
    if (await holdsRun(this.#folder)) throw runExists(this.#folder);
  }

  async release(): Promise<void> {
    await this.#lock?.release();
  }
}
