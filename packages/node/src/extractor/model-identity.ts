import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ModelIdentity } from "@weft-nlp/core/triples";
import { fileFailure } from "../files/file-failure.ts";
import { ownVersion } from "../files/own-version.ts";
import { checkModelFiles, modelFilesIn, modelFolderOf } from "./model-folder.ts";

/**
 * Identifies the model in a folder, for its output. `cat config.json vocab.json model.safetensors
 * vectors.bin encoder.json | sha256sum` gives the same digest, without those that a model does not
 * have.
 *
 * @param folder a model's folder, or a run's
 * @param name its name; defaults to the name of the run or the folder
 * @throws {FileError} FILE_MISSING or similar
 */
export async function modelIdentity(folder: string, name?: string): Promise<ModelIdentity> {
  const place = await modelFolderOf(folder);
  await checkModelFiles(place);
  const hash = createHash("sha256");
  for (const file of await modelFilesIn(place)) {
    const path = join(place, file);
    try {
      for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
    } catch (cause) {
      throw fileFailure(cause, path, "read");
    }
  }
  return { name: name ?? folderName(place), version: ownVersion(), digest: `sha256:${hash.digest("hex")}` };
}

/** A run keeps its model in a folder `model`, whose name says nothing about it. */
function folderName(place: string): string {
  const whole = resolve(place);
  return basename(whole) === "model" ? basename(dirname(whole)) : basename(whole);
}
