/**
 * An annotated file that was found in the listing, or a folder that is one corpus: only such a one
 * is ever opened.
 */
export interface ShelvedFile {
  /**
   * The folder that was named at the start and the way from there, or the name of the file that
   * was.
   */
  readonly name: string;
  readonly path: string;
  /** Of a folder, the main files in it; undefined for a file. */
  readonly documents?: number | undefined;
  /** Of a folder, those of all its files that the format reads. */
  readonly bytes: number;
  /** Of a folder, that of the file that was changed last. */
  readonly modified: Date;
}
