export { RunShelf } from "./run-shelf.ts";
export { servedRunRoutes } from "./served-run-routes.ts";
export { workspacePlugin } from "./workspace-plugin.ts";
