import { join } from "node:path";
import { WeftError } from "@weft-nlp/core";
import type { EvaluationOptions } from "@weft-nlp/core/metrics";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { readConfig } from "../files/config-file.ts";
import { exists } from "../files/exists.ts";

/**
 * Where a run's model comes from, for its report: the seed, and how the epoch was chosen. Empty
 * when the folder holds only a model, or a configuration that this version cannot read: neither
 * should prevent scoring.
 */
export async function runProvenance(folder: string): Promise<Pick<EvaluationOptions, "seeds" | "selection">> {
  const path = join(folder, "config.yaml");
  if (!(await exists(path))) return {};
  try {
    const { value } = await readConfig(path, trainConfigSchema());
    return { seeds: [value.seed], selection: "best epoch on dev" };
  } catch (error) {
    if (error instanceof WeftError) return {};
    throw error;
  }
}
