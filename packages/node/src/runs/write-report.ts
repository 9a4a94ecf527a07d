import { join } from "node:path";
import { makeFolder, writeFileAtomically } from "../files/write-file.ts";

/** The files of a report folder: numbers for programs and a page for people. */
export interface ReportFiles {
  /** The name of both files, without its ending: `report` or `comparison`. */
  readonly name: string;
  readonly value: unknown;
  /** A whole HTML page. */
  readonly page: string;
}

/**
 * Writes both files and replaces those of an earlier report. Each file is complete or unchanged.
 *
 * @returns the path of the page
 */
export async function writeReport(folder: string, { name, value, page }: ReportFiles): Promise<string> {
  await makeFolder(folder);
  await writeFileAtomically(join(folder, `${name}.json`), `${JSON.stringify(value, undefined, 2)}\n`);
  const path = join(folder, `${name}.html`);
  await writeFileAtomically(path, page);
  return path;
}
