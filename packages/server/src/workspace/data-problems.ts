import type { ProblemList } from "@weft-nlp/api";
import type { Location } from "@weft-nlp/core";
import { type CheckedFile, checkCorpus } from "@weft-nlp/core/corpus";
import { readWithFaults } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import { placeInside } from "./place-inside.ts";
import type { ShelvedFile } from "./shelved-file.ts";

const maxBytes = 64 << 20;
const shownPlaces = 20;
const shownFaults = 200;

/**
 * The problems that `weft data check` finds in files, with names instead of paths.
 *
 * @throws {RequestError} REQUEST_TOO_LARGE
 */
export async function dataProblems(files: readonly ShelvedFile[]): Promise<ProblemList> {
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > maxBytes) {
    throw new RequestError("REQUEST_TOO_LARGE", {
      message: `the files exceed ${maxBytes >> 20} MiB, the limit of a check here`,
      hint: "weft data check reads files of any size",
    });
  }
  const read: CheckedFile[] = [];
  for (const file of files) read.push(named(await readWithFaults(file.path, { followLinks: false }), file));
  const { files: checked, problems } = checkCorpus(read);
  return {
    files: checked.map(({ source, role, sentences, faults }) => ({
      source,
      ...(role === undefined ? {} : { role }),
      sentences,
      faults: faults.slice(0, shownFaults),
      faultCount: faults.length,
    })),
    problems: problems.map(({ code, level, source, amount, message, hint, places }) => ({
      code,
      level,
      ...(source === undefined ? {} : { source }),
      amount,
      message,
      ...(hint === undefined ? {} : { hint }),
      places: places.slice(0, shownPlaces),
    })) as ProblemList["problems"],
  };
}

/** In a folder, each place names its file. */
function named({ sentences, omissions, faults }: CheckedFile, { name, path }: ShelvedFile): CheckedFile {
  const sourceOf = (source: string | undefined): string => {
    const inside = placeInside(path, source);
    return inside === undefined ? name : `${name}/${inside}`;
  };
  const at = (place: Location): Location => ({ ...place, source: sourceOf(place.source) });
  return {
    source: name,
    sentences: sentences.map(({ sentence, at: place }) => ({ sentence, at: at(place) })),
    omissions: omissions.map((omission) => ({ ...omission, source: sourceOf(omission.source) })),
    faults: faults.map((fault) => ({ ...fault, at: at(fault.at ?? {}) })),
  };
}
