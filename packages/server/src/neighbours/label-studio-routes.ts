import type { ModelLabels } from "@weft-nlp/api";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { extractTexts } from "../extraction/extract-texts.ts";
import { readDocumentRequest } from "../extraction/extraction.ts";
import { boundPairs } from "../extraction/given-entities.ts";
import { describeSchema } from "../extraction/model-description.ts";
import type { ServedModel } from "../extraction/model-registry.ts";
import type { App } from "../http/app.ts";
import { requestScope } from "../http/request-scope.ts";
import { type LabelConfig, readLabelConfig } from "./label-config.ts";
import { predictBody, setupBody, trainBody, webhookBody } from "./label-studio-requests.ts";
import { type LabelStudioPrediction, predictionOf } from "./label-studio-result.ts";
import { TaskCollector } from "./task-collector.ts";
import { VersionNames } from "./version-names.ts";

/** The events of Label Studio that bring an annotation. */
const annotated: ReadonlySet<string> = new Set(["ANNOTATION_CREATED", "ANNOTATION_UPDATED"]);

/**
 * A machine learning backend for Label Studio, as its package `label_studio_ml` answers:
 * `/predict`, `/setup`, `/health`, `/versions`, `/train` and `/webhook`, below `prefix`.
 *
 * Annotations that Label Studio sends are collected in the correction project
 * `label-studio-PROJECT`, from which the server trains.
 */
export function labelStudioRoutes(prefix: string): (app: App, context: ServerContext) => Promise<void> {
  return async (app, context) => {
    const { registry, options } = context;
    const versions = new VersionNames();
    const labels = (): ModelLabels => describeSchema(registry.list()[0] as ServedModel);
    const own = options.workspace?.corrections === undefined ? undefined : new TaskCollector(app, labels);
    const collector = (): TaskCollector => own ?? refuse();
    const schema = { hide: true };
    const health = async (): Promise<object> => ({ status: "UP", model_class: "Weft" });
    if (prefix !== "") app.get(prefix, { schema }, health);
    app.get(`${prefix}/health`, { schema }, health);
    app.route({
      method: "POST",
      url: `${prefix}/setup`,
      schema: { ...schema, body: setupBody },
      handler: async ({ body }) => {
        await readLabelConfig(body.schema);
        return { model_version: await versions.of(registry.list()[0] as ServedModel) };
      },
    });
    const versionList = async (): Promise<object> => ({
      versions: await Promise.all(registry.list().map((m) => versions.of(m))),
    });
    app.get(`${prefix}/versions`, { schema }, versionList);
    app.post(`${prefix}/versions`, { schema }, versionList);
    app.route({
      method: "POST",
      url: `${prefix}/predict`,
      schema: { ...schema, body: predictBody },
      handler: async ({ body, log }, reply) => {
        const config = await readLabelConfig(body.label_config);
        const lease = registry.lease(undefined);
        try {
          const texts = body.tasks.map(({ data }) => data[config.textField]);
          const missing = texts.filter((text) => typeof text !== "string").length;
          if (missing > 0) log.warn({ tasks: missing, field: config.textField }, "tasks without a text in this field");
          const version = await versions.of(lease.served);
          return { results: await predict(context, lease.served, texts, config, version, requestScope(reply, context.limits)) };
        } finally {
          lease.release();
        }
      },
    });
    app.route({
      method: "POST",
      url: `${prefix}/train`,
      config: { scope: "train" },
      schema: { ...schema, body: trainBody },
      handler: async ({ body, headers }, reply) => {
        const { annotations, project, label_config: xml } = body;
        const name = projectOf(project);
        const collected = await collector().collect(name, annotations, xml, headers);
        return reply.code(201).send({ job: await collector().train(name, headers), ...collected });
      },
    });
    app.route({
      method: "POST",
      url: `${prefix}/webhook`,
      config: { scope: "train" },
      schema: { ...schema, body: webhookBody },
      handler: async ({ body, headers }, reply) => {
        const { action, project, task, annotation } = body;
        const name = projectOf(project?.id);
        if (action === "START_TRAINING") {
          return reply.code(201).send({ status: "ok", result: { job: await collector().train(name, headers) } });
        }
        if (!annotated.has(action) || task === undefined || annotation === undefined) return { status: "Unknown event" };
        const tasks = [{ ...task, annotations: [annotation] }];
        return reply
          .code(201)
          .send({ status: "ok", result: await collector().collect(name, tasks, project?.label_config, headers) });
      },
    });
  };
}

function refuse(): never {
  throw new RequestError("NOT_ALLOWED", {
    message: "this server was started without a folder for finished tasks",
    hint: "start it with --corrections FOLDER, and with --allow-training --runs FOLDER to train on them",
  });
}

/** Label Studio numbers its projects, and sends `7.1716899712` for project 7 in some requests. */
function projectOf(project: unknown): string {
  const id = typeof project === "number" || typeof project === "string" ? String(project).split(".")[0] : undefined;
  return `label-studio-${id?.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 60) || "project"}`;
}

/** One prediction for each text, in order; an empty one where there is none. */
async function predict(
  { limits, metrics }: ServerContext,
  served: ServedModel,
  texts: readonly unknown[],
  config: LabelConfig,
  version: string,
  scope: { readonly deadline: number; readonly signal: AbortSignal },
): Promise<LabelStudioPrediction[]> {
  const rules = served.extractor.model.description.text;
  const read = texts.map((text, index) =>
    readDocumentRequest(typeof text === "string" ? text : "", `tasks[${index}].data.${config.textField}`, {}, limits, rules),
  );
  boundPairs(
    served,
    read.map(({ document }) => document),
    "tasks",
    limits,
  );
  const results: LabelStudioPrediction[] = [];
  served.batcher.checkRoom(1, scope.deadline);
  for await (const { document } of extractTexts(served, read, {}, scope)) {
    results.push(await predictionOf(document, config, version));
    metrics.onText(served.name, "ok");
  }
  return results;
}
