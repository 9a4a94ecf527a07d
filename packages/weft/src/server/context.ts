import type { ModelRegistry } from "./model-registry.ts";
import type { Limits, ServerOptions } from "./options.ts";

/** What every plugin of routes is registered with. */
export interface ServerContext {
  readonly registry: ModelRegistry;
  readonly limits: Limits;
  readonly options: ServerOptions;
}
