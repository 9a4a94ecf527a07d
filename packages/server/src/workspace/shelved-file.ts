/** An annotated file or corpus folder found in the listing; no other path is ever opened. */
export interface ShelvedFile {
  /** The folder or file given in the options, and the path from there. */
  readonly name: string;
  readonly path: string;
  /** Number of main files in a corpus folder; undefined for a file. */
  readonly documents?: number | undefined;
  /** In a corpus folder, the total of the files that the format reads. */
  readonly bytes: number;
  /** In a corpus folder, the latest of its files. */
  readonly modified: Date;
}
