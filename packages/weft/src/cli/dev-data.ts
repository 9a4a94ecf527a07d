import { join } from "node:path";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { UsageError } from "@weft-nlp/node/errors";
import { exists, readConfig } from "@weft-nlp/node/files";

/** The dev data of a run, and what the columns of a table of pairs hold. */
export async function devDataOf(
  folder: string,
): Promise<{ readonly path: string; readonly columns: Readonly<Record<string, string>> | undefined }> {
  const path = join(folder, "config.yaml");
  if (!(await exists(path)))
    throw new UsageError(`${folder} is not a run, so it has no dev data`, "name annotated sentences with --data");
  const config = await readConfig(path, trainConfigSchema());
  const { dev, columns } = config.value.data;
  return { path: config.resolvePath(dev, ["data", "dev"]), columns };
}
