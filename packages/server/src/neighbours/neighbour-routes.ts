import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import type { ServerOptions } from "../options.ts";
import { inceptionRoutes } from "./inception-routes.ts";
import { labelStudioRoutes } from "./label-studio-routes.ts";

type Routes = (app: App, context: ServerContext) => Promise<void>;

/**
 * What annotation tools call in their own protocols, below a prefix for each. `labelStudio` adds
 * the routes of Label Studio at the root too, where its own backends have them.
 */
export function neighbourRoutes({ labelStudio }: Pick<ServerOptions, "labelStudio">): Routes[] {
  return [inceptionRoutes, labelStudioRoutes("/label-studio"), ...(labelStudio === true ? [labelStudioRoutes("")] : [])];
}
