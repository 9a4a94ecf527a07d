import { join } from "node:path";
import { type DecodingConstraints, decodingConstraints } from "@weft-nlp/core/constraints";
import { type BuiltModel, packModel, resettle } from "@weft-nlp/core/inference";
import { parseConfig, printConfig, readConfig } from "../files/config-file.ts";
import { exists } from "../files/exists.ts";
import { writeFileAtomically } from "../files/write-file.ts";
import { modelFolderOf } from "./model-folder.ts";

/** Whether a path is the folder of a model or of a run that has one. */
export async function isModelFolder(path: string): Promise<boolean> {
  return exists(join(await modelFolderOf(path), "config.json"));
}

/**
 * Reads constraints from a YAML file.
 *
 * @throws {ConfigError} SETTING_INVALID or SETTING_UNKNOWN with file, line and column
 * @throws {FileError} when the file cannot be read
 */
export async function readConstraints(path: string): Promise<DecodingConstraints> {
  return (await readConfig(path, decodingConstraints)).value;
}

/**
 * Writes a model's constraints into its folder, in one step.
 *
 * @param folder a model's folder or a run's
 */
export async function saveConstraints(folder: string, model: BuiltModel): Promise<void> {
  await writeFileAtomically(join(await modelFolderOf(folder), "config.json"), packModel(model)["config.json"]);
}

/**
 * A model with some settings changed that need no other weights, such as how tags are decoded.
 *
 * @param overrides as after `--set`, without `model.` at the front: `decoding=free`
 * @throws {ConfigError} SETTING_INVALID or SETTING_UNKNOWN
 * @throws {ArchiveError} if the weights do not fit the new settings
 */
export function withSettings(built: BuiltModel, overrides: readonly string[]): BuiltModel {
  if (overrides.length === 0) return built;
  const { definition, description } = built;
  const { value } = parseConfig(printConfig(description.settings), "the model", definition.settings, overrides);
  return resettle(built, value);
}
