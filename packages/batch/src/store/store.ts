/**
 * Where a batch keeps its plan, parts and manifest, by names such as `manifest/000/000012.json`. A
 * name gets its contents once; the first to put it is right.
 *
 * A store that is not a folder needs only these functions: on an object store, `put` is a PUT with
 * `If-None-Match: *`, for which 412 means false.
 */
export interface Store {
  /** What errors call it. */
  readonly place: string;
  /** A new local path for contents that are still being written. */
  scratch(name: string): Promise<string>;
  /**
   * Gives complete contents their name, forced to disk, and removes the scratch file.
   *
   * @returns false if the name is taken, which changes nothing
   */
  putFile(name: string, scratch: string): Promise<boolean>;
  /** Like `putFile`, for short contents. */
  put(name: string, text: string): Promise<boolean>;
  /**
   * Puts a note that may be lost when the machine loses power, but not when a process ends. Costs a
   * tenth of `put`.
   */
  note(name: string, text: string): Promise<void>;
  /** Replaces contents that can be made again, such as an index. */
  replace(name: string, text: string): Promise<void>;
  /** The text under a name; undefined if there is none. */
  read(name: string): Promise<string | undefined>;
  has(name: string): Promise<boolean>;
  /** The contents under a name, in pieces. @throws {FileError} FILE_MISSING */
  bytes(name: string): AsyncIterable<Uint8Array>;
  /** All names in a folder and its folders, in order. */
  list(folder: string): Promise<string[]>;
  remove(name: string): Promise<void>;
  /** A path by which another program can open the contents under a name. */
  pathOf(name: string): string;
}
