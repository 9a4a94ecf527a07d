import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { readJsonFile, writeJsonFile } from "@weft-nlp/node/files";

const tagsFile = "tags.json";

/** The tags of a run; none if their file is missing or damaged. */
export async function tagsOf(folder: string): Promise<string[]> {
  try {
    const { tags } = (await readJsonFile(join(folder, tagsFile), { maxBytes: 1 << 16, regular: true })) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch (error) {
    if (error instanceof WeftError || error instanceof TypeError) return [];
    throw error;
  }
}

/** Replaces the tags of a run. @throws {FileError} */
export async function tagRun(folder: string, tags: readonly string[]): Promise<void> {
  await writeJsonFile(join(folder, tagsFile), { tags: [...new Set(tags)] });
}
