import { compareRoutes } from "./compare-routes.ts";
import { correctionRoutes } from "./correction-routes.ts";
import { dataRoutes } from "./data-routes.ts";
import { runRoutes } from "./run-routes.ts";

/** What the page shows beside extraction: the runs and the data of somebody's work, and what people correct. */
export const workspaceRoutes = [runRoutes, compareRoutes, dataRoutes, correctionRoutes] as const;
