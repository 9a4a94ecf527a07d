import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ModelIdentity } from "@weft-nlp/core/triples";
import { fileFailure } from "../files/file-failure.ts";
import { ownVersion } from "../files/own-version.ts";
import { modelFolderOf } from "./model-folder.ts";

/**
 * In the order in which they are digested:
 * `cat config.json vocab.json model.safetensors | sha256sum` gives the same.
 */
const files = ["config.json", "vocab.json", "model.safetensors"] as const;

/**
 * Which model stands in a folder, to be written beside what it finds.
 *
 * @param folder a model's folder, or a run's
 * @param name what it is called; the name of the run or the folder where left out
 * @throws {FileError} FILE_MISSING and its like
 */
export async function modelIdentity(folder: string, name?: string): Promise<ModelIdentity> {
  const place = await modelFolderOf(folder);
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(place, file);
    try {
      for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
    } catch (cause) {
      throw fileFailure(cause, path, "read");
    }
  }
  return { name: name ?? folderName(place), version: ownVersion(), digest: `sha256:${hash.digest("hex")}` };
}

/** The model of a run lies in its folder `model`, which says nothing. */
function folderName(place: string): string {
  const whole = resolve(place);
  return basename(whole) === "model" ? basename(dirname(whole)) : basename(whole);
}
