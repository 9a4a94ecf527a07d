import type { Sentence } from "@weft-nlp/core";
import { collectSentences, readingOf } from "@weft-nlp/node/files";
import type { ComparedData } from "./compare-runs.ts";
import { configOf } from "./known-model.ts";

/** The dev data of a run, to compare it with another on. */
export function devDataOf(run: string, folder: string): ComparedData {
  // The stamps of both models stand for the data: a training reads it once.
  return { name: `dev of ${run}`, stamp: "", sentences: async () => devSentencesOf(folder) };
}

/** @throws {FileError} @throws {DataError} if its data is gone or damaged */
export async function devSentencesOf(runFolder: string): Promise<Sentence[]> {
  const config = await configOf(runFolder);
  return (await collectSentences(config.data.dev, readingOf(config))).sentences.map(({ sentence }) => sentence);
}
