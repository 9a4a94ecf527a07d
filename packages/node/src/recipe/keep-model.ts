import { randomBytes } from "node:crypto";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../files/exists.ts";
import { fileFailure } from "../files/file-failure.ts";
import { renameFile } from "../files/rename-file.ts";

/** Files of a run that go with its model. */
const besides = ["config.yaml", "events.jsonl", "loss.svg", "score.svg"] as const;

/**
 * Copies the model of a run into the folder that holds the runs, as a whole: readers find the old
 * model or the new one, never a mixture.
 */
export async function keepModel(run: string, folder: string): Promise<void> {
  const target = join(folder, "model");
  const mark = `${process.pid}.${randomBytes(4).toString("hex")}`;
  const [fresh, old] = [join(folder, `.model.${mark}.new`), join(folder, `.model.${mark}.old`)];
  try {
    await cp(join(run, "model"), fresh, { recursive: true });
    if (await exists(target)) await renameFile(target, old);
    await renameFile(fresh, target);
    for (const name of besides) {
      if (await exists(join(run, name))) await cp(join(run, name), join(folder, name));
    }
  } catch (cause) {
    throw fileFailure(cause, target, "write");
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Removes what a process that was killed while it copied a model has left. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\.model\.\d+\.[0-9a-f]+\.(new|old)$/.test(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
