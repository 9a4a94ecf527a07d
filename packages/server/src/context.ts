import type { Logger } from "pino";
import type { ModelRegistry } from "./extraction/model-registry.ts";
import type { ServedRuns } from "./extraction/served-runs.ts";
import type { Limits, ServerOptions } from "./options.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** What every route plugin is registered with. */
export interface ServerContext {
  readonly registry: ModelRegistry;
  readonly servedRuns: ServedRuns;
  readonly limits: Limits;
  readonly options: ServerOptions;
  readonly metrics: ServerMetrics;
  readonly logger: Logger;
  /** True once the server is stopping. */
  readonly state: { stopping: boolean };
}
