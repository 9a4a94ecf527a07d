export { loadPlugins } from "./load-plugins.ts";
export { importPlugins, loadedPlugins } from "./loaded-plugins.ts";
