import { pathToFileURL } from "node:url";
import { importPlugins } from "./loaded-plugins.ts";
import { locatePlugin } from "./locate-plugin.ts";

/**
 * Loads plugins: each is imported, and its `register` adds models, inputs, objectives, protocols or
 * formats to ours. Worker threads that start later load the same ones first. Load plugins before a
 * configuration is read, a model is opened, or data is read.
 *
 * @param specs paths of modules or of packages' folders, or names of installed packages
 * @param folder what relative paths and names start from; defaults to the working folder
 * @throws {FileError} FILE_MISSING or PACKAGE_MISSING for a plugin that is not there
 * @throws {ConfigError} SETTING_INVALID when a module cannot be loaded, has no `register`, or that
 *   fails
 */
export async function loadPlugins(specs: readonly string[], folder: string = process.cwd()): Promise<void> {
  for (const spec of specs) await importPlugins([pathToFileURL(await locatePlugin(spec, folder)).href]);
}
