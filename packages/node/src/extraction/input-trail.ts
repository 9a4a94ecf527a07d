import { type InputRecord, inputHash, type ReadFrom } from "../files/read-records.ts";
import { type ReadTextOptions, readBytes, sourceName } from "../files/read-text.ts";
import { type ExtractState, mismatch } from "./extract-state.ts";

type Position = ExtractState["position"];

/**
 * How far the input has been used, with a hash of all that was: an extract can resume in another
 * process if the input up to there is still the same. What follows may change, so a faulty record
 * can be fixed before it resumes.
 */
export class InputTrail {
  readonly #hash = inputHash();
  #place: Omit<Position, "sha256"> | undefined;
  #file = 0;
  /** The last position from which reading can resume, while a line that is too long passes. */
  #held: Position | undefined;

  /** After the last record that was passed; `undefined` before the first. */
  get position(): Position | undefined {
    if (this.#held !== undefined || this.#place === undefined) return this.#held;
    return { ...this.#place, sha256: this.#digest() };
  }

  /**
   * Begins a file of the input.
   *
   * @param before the position to resume from, if there is one
   * @returns where to resume in this file; `undefined` for its beginning, `done` if all of it was
   *   used before
   * @throws {FileError} RESUME_MISMATCH, from the check, if the bytes up to there are not as they
   *   were
   */
  async begin(
    index: number,
    path: string,
    options: ReadTextOptions,
    before: Position | undefined,
  ): Promise<ReadFrom | "done" | undefined> {
    this.#file = index;
    this.#hash.update(`file ${index}\n`);
    if (before === undefined || index > before.file) return undefined;
    if (index < before.file) {
      for await (const bytes of readBytes(path, options)) this.#hash.update(bytes);
      return "done";
    }
    const { byte, line, sha256 } = before;
    const check = (): void => {
      if (this.#digest() === sha256) this.#place = { file: index, byte, line };
      else throw mismatch(sourceName(path), "the input up to the place to resume from is not as it was");
    };
    return { byte, line, hash: this.#hash, check };
  }

  /** Notes that a record has been written, or that it needs no writing. */
  pass({ bytes, next }: InputRecord): void {
    if (next === undefined) this.#held ??= this.position;
    this.#hash.update(bytes);
    if (next === undefined) return;
    this.#held = undefined;
    this.#place = { file: this.#file, ...next };
  }

  #digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
