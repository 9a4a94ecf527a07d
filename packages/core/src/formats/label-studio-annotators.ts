import { DataError, type Location } from "../errors.ts";
import { asList, asObject, type Fields } from "../json/fields.ts";
import type { ReadEvent, ReadOptions } from "./format.ts";
import { labelStudio } from "./label-studio.ts";
import type { TextChunks } from "./shared/lines.ts";
import { type JsonRecord, readJsonRecords } from "./shared/records.ts";

/** What one person annotated of a task, or what could not be carried over of it. */
export interface AnnotatorEvent {
  readonly annotator: string;
  readonly event: ReadEvent;
}

/**
 * Reads a Label Studio export with the annotations of everyone, each as a document of its own.
 *
 * `completed_by` names the annotator: by e-mail address or user name, or by number. Annotations
 * without it are named by their order in the task. A second annotation of a task by the same person
 * replaces the first. Cancelled annotations, predictions and tasks without annotation are skipped.
 *
 * @throws {DataError} as the format itself does
 */
export async function* readLabelStudioAnnotators(chunks: TextChunks, options: ReadOptions = {}): AsyncGenerator<AnnotatorEvent> {
  for await (const record of readJsonRecords(chunks, options.source)) {
    for (const [annotator, fields] of tasksByAnnotator(record)) {
      for await (const event of readAlone(fields, record.at, options)) yield { annotator, event };
    }
  }
}

const lists = ["annotations", "completions"] as const;

/** The task of each annotator, with the other annotations emptied in place, so paths stay right. */
function tasksByAnnotator({ fields, at, index }: JsonRecord): Map<string, Fields> {
  const id = asObject(fields["data"], at, "data")["id"] ?? fields["id"] ?? `task-${index + 1}`;
  const tasks = new Map<string, Fields>();
  for (const name of lists) {
    const all = fields[name] === undefined || fields[name] === null ? [] : asList(fields[name], at, name);
    for (const [place, item] of all.entries()) {
      const own = asObject(item, at, `${name}[${place}]`);
      if (own["was_cancelled"] === true) continue;
      const empty = { result: [], was_cancelled: true };
      const { predictions: _, annotations: __, completions: ___, ...rest } = fields;
      tasks.set(annotatorOf(own, place), { ...rest, id, [name]: all.map((_, other) => (other === place ? own : empty)) });
    }
  }
  return tasks;
}

function annotatorOf({ completed_by: by }: Fields, place: number): string {
  if (typeof by === "number" || typeof by === "string") return String(by);
  if (typeof by === "object" && by !== null) {
    const { email, username, id } = by as Fields;
    for (const name of [email, username, id]) {
      if (typeof name === "number") return String(name);
      if (typeof name === "string" && name !== "") return name;
    }
  }
  return `annotator-${place + 1}`;
}

/** Reads a task as a file of its own, and gives its events and errors their place in the file. */
async function* readAlone(fields: Fields, at: Location, options: ReadOptions): AsyncGenerator<ReadEvent> {
  const moved = (place: Location | undefined): Location => ({
    ...place,
    source: at.source,
    line: at.line,
    path: place?.path?.replace(/^\[0\]/, at.path ?? ""),
  });
  try {
    for await (const event of labelStudio.read([JSON.stringify([fields])], options)) {
      if (event.kind === "omission") yield { kind: "omission", omission: { ...event.omission, ...moved(event.omission) } };
      else yield { ...event, at: moved(event.at) };
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { code, summary: message, hint } = error;
    throw new DataError(code, { at: moved(error.at), message, hint, cause: error });
  }
}
