import { contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { describeModel } from "../extraction/model-description.ts";
import type { ServedModel } from "../extraction/model-registry.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { KnownModels } from "./known-model.ts";
import type { RunShelf } from "./run-shelf.ts";

/** `/v1/models/{name}`: what a model knows, and which run has its name. */
export async function servedRunRoutes(
  app: App,
  { registry, servedRuns, options: { workspace }, shelf }: ServerContext & { readonly shelf: RunShelf | undefined },
): Promise<void> {
  const known = new KnownModels();
  const entryOf = (served: ServedModel) => describeModel(served, registry.list()[0] === served, servedRuns);
  app.route({
    ...endpoint(contracts.modelDetails),
    handler: async ({ params }) => {
      const lease = registry.lease(params.name);
      try {
        return { ...entryOf(lease.served), ...(await known.about(lease.served.folder, workspace !== undefined)) };
      } finally {
        lease.release();
      }
    },
  });
  app.route({
    ...endpoint(contracts.useRun),
    handler: async ({ params: { name }, body: { run } }) => {
      registry.lease(name).release();
      if (run !== null && shelf !== undefined) {
        const { folder } = await shelf.find(run);
        if ((await shelf.entry({ name: run, folder })).state === "running") {
          throw new RequestError("RUN_IN_USE", {
            at: { path: "run" },
            message: "the run is still training",
            hint: "wait until it ends, or stop it",
          });
        }
      }
      return entryOf(await servedRuns.choose(name, run, async (folder) => registry.replace(name, folder)));
    },
  });
}
