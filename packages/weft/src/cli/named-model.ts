import { isModelFolder, shippedModel } from "@weft-nlp/node/extractor";
import { exists, standardStream } from "@weft-nlp/node/files";
import type { Terminal } from "./terminal.ts";

/** What is said when no model is named. */
export const shippedModelNote = `no model named: using ${shippedModel}, trained on Wikipedia`;

/** The model that a command line names, and its other arguments. */
export interface NamedModel {
  readonly model: string;
  readonly files: readonly string[];
}

/**
 * Tells a model from the first file: the model may be omitted, and the one that comes with Weft is
 * used then.
 *
 * @param first the first argument, if there is one
 */
export async function namedModel(first: string | undefined, rest: readonly string[], terminal: Terminal): Promise<NamedModel> {
  if (first !== undefined && ((await isModelFolder(first)) || !(first === standardStream || (await exists(first))))) {
    return { model: first, files: rest };
  }
  terminal.say(shippedModelNote);
  return { model: shippedModel, files: first === undefined ? rest : [first, ...rest] };
}
