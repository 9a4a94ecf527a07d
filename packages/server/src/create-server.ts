import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import rateLimit from "@fastify/rate-limit";
import fastify, { LogController } from "fastify";
import { type Logger, pino } from "pino";
import type { ServerContext } from "./context.ts";
import { RequestError } from "./errors.ts";
import { ModelRegistry, type RegistryOptions } from "./extraction/model-registry.ts";
import { ServedRuns } from "./extraction/served-runs.ts";
import { addAccessRules } from "./http/access.ts";
import type { App } from "./http/app.ts";
import { checkRequest } from "./http/check-request.ts";
import { compressAnswers } from "./http/compression.ts";
import { answerBadHttp, guardConnections, limitConnections } from "./http/connections.ts";
import { errorReply } from "./http/error-reply.ts";
import { readJsonBody } from "./http/json-body.ts";
import { addOriginChecks } from "./http/origin-checks.ts";
import { problem, problemType } from "./http/problem.ts";
import { addSecurityHeaders } from "./http/security-headers.ts";
import { neighbourRoutes } from "./neighbours/neighbour-routes.ts";
import { defaultHost, defaultLimits, defaultPort, type ServerOptions } from "./options.ts";
import { recordRequests } from "./request-record.ts";
import { docsRoutes } from "./routes/docs-routes.ts";
import { extractRoutes } from "./routes/extract-routes.ts";
import { healthRoutes, stopping } from "./routes/health-routes.ts";
import { metricRoutes } from "./routes/metrics-routes.ts";
import { modelRoutes } from "./routes/model-routes.ts";
import { pageRoutes } from "./routes/page-routes.ts";
import { tripleRoutes } from "./routes/triple-routes.ts";
import { ServerMetrics } from "./server-metrics.ts";

/** A server with its models loaded. */
export interface WeftServer {
  readonly app: App;
  /** Starts to listen. @returns the address, with the actual port */
  listen(): Promise<string>;
  /**
   * Reloads every model from its folder. A model that cannot be read keeps running, and the log
   * says why.
   */
  reload(): Promise<void>;
  /** Refuses new requests, finishes the running ones, and frees port, models and threads. */
  close(): Promise<void>;
}

/**
 * Route plugins, each registered with the server's context. If the server has tokens, the API
 * routes require one.
 */
const apiRoutes = [extractRoutes, modelRoutes, tripleRoutes, metricRoutes] as const;
const openRoutes = [healthRoutes, docsRoutes, pageRoutes] as const;

/**
 * Loads the models and creates a server that does not listen yet.
 *
 * @throws {FileError} @throws {ArchiveError} if a model cannot be read
 */
export async function createServer(options: ServerOptions): Promise<WeftServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const logger = options.logger ?? pino({ level: "silent" });
  const metrics = new ServerMetrics();
  const servedRuns = new ServedRuns(options.workspace?.runs, options.models);
  const registry = await openModels(options, servedRuns, {
    compute: options,
    limits,
    logger,
    observer: (name) => metrics.modelObserver(name),
  });
  metrics.watchQueues(registry);
  const context: ServerContext = { registry, servedRuns, limits, options, metrics, logger, state: { stopping: false } };
  const app = buildApp(logger);
  setRules(app, context);
  await app.register(async (api: App) => {
    await guard(api, options);
    for (const routes of apiRoutes) await api.register(routes, context);
    for (const routes of neighbourRoutes(options)) await api.register(routes, context);
    const { RunShelf, servedRunRoutes, workspacePlugin } = await import("./workspace/index.ts");
    const { workspace } = options;
    const shelf = workspace?.runs === undefined ? undefined : new RunShelf(workspace.runs);
    await api.register(servedRunRoutes, { ...context, shelf });
    if (workspace !== undefined) await api.register(workspacePlugin(workspace, shelf), context);
  });
  for (const routes of openRoutes) await app.register(routes, context);
  return {
    app,
    listen: async () => {
      await app.listen({
        host: options.host ?? defaultHost,
        port: options.port ?? defaultPort,
        // The system silently delays a burst beyond this for seconds instead of refusing it.
        backlog: 4096,
        listenTextResolver: () => "listening",
      });
      const { watchSeconds = 2 } = options;
      if (watchSeconds > 0) registry.watch(watchSeconds);
      return addressOf(app);
    },
    reload: async () => {
      for (const { name } of registry.list()) {
        await registry
          .reload(name)
          .catch((error: unknown) => logger.error({ model: name, err: error }, "a model could not be read"));
      }
    },
    close: async () => close(app, context),
  };
}

/** Opens the models that were chosen last or, if one of those is damaged, those of the options. */
async function openModels({ models }: ServerOptions, servedRuns: ServedRuns, options: RegistryOptions): Promise<ModelRegistry> {
  const restored = await servedRuns.restore(models);
  const changed = restored.filter(({ folder }, index) => folder !== models[index]?.folder);
  if (changed.length === 0) return ModelRegistry.open(models, options);
  try {
    const registry = await ModelRegistry.open(restored, options);
    for (const source of changed) {
      const { run, before } = servedRuns.describe(source);
      options.logger.warn(
        { model: source.name, run, before },
        "serves the run that was chosen for this name, not the one before",
      );
    }
    return registry;
  } catch (error) {
    options.logger.error({ err: error }, "a run that was chosen to be served cannot be read; serving the models of the options");
    servedRuns.forget();
    return ModelRegistry.open(models, options);
  }
}

function buildApp(logger: Logger): App {
  return fastify({
    loggerInstance: logger,
    // `recordRequests` logs every answer already.
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    forceCloseConnections: "idle",
    // Our own body readers limit size and time.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    // Never the client's own: the log holds nothing that a client chooses.
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
    // Keep-alive probes detect vanished clients. Hosts are checked by us, for an error in our own
    // format.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, keepAlive: true, requireHostHeader: false },
    clientErrorHandler: answerBadHttp,
  }) as unknown as App;
}

/** Sets the rules of every route. */
function setRules(app: App, context: ServerContext): void {
  const { limits, metrics, options, registry, state } = context;
  app.setValidatorCompiler(checkRequest);
  // We build answers from checked parts; validating each again would cost more than building it.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: { headers: IncomingMessage["headers"] }, body: IncomingMessage) =>
    readJsonBody(body, request.headers, limits),
  );
  app.setErrorHandler((error, request, reply) => {
    const answer = errorReply(error);
    const { status, retryAfter } = answer;
    if (status === 500) request.log.error({ err: error }, "a request failed with an internal error");
    // The rate limiter has set its own Retry-After already.
    if (retryAfter !== undefined && !reply.hasHeader("retry-after")) {
      const pauseMs = registry.retryInMs(error);
      reply.header("retry-after", pauseMs === undefined ? retryAfter : Math.max(1, Math.ceil(pauseMs / 1000)));
    }
    if (status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(status).type(problemType).send(problem(answer, request.id));
  });
  addSecurityHeaders(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  compressAnswers(app);
  recordRequests(app, context);
  limitConnections(app, limits, () => metrics.onConnectionRefused());
  guardConnections(app, limits);
  addOriginChecks(app, options);
  app.addHook("onRequest", async (request, reply) => {
    if (!state.stopping) return;
    reply.header("connection", "close");
    if (request.routeOptions.url !== "/healthz") throw stopping();
  });
  // Close connections that finish an answer while the server stops: they would wait for a request
  // that is never taken.
  app.addHook("onResponse", async () => {
    if (state.stopping) setImmediate(() => app.server.closeIdleConnections());
  });
}

async function guard(api: App, options: ServerOptions): Promise<void> {
  const { requestsPerMinute } = options;
  if (requestsPerMinute !== undefined) {
    await api.register(rateLimit, {
      max: requestsPerMinute,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, { ttl }) =>
        new RequestError("RATE_EXCEEDED", {
          message: `more than ${requestsPerMinute} requests a minute from this address`,
          hint: `retry in ${Math.ceil(ttl / 1000)} seconds, and send several texts in one request`,
        }),
    });
  }
  addAccessRules(api, options);
}

async function close(app: App, { registry, limits, metrics, state }: ServerContext): Promise<void> {
  state.stopping = true;
  const late = setTimeout(() => {
    registry.abandon(stopping());
    // Leave the answers to abandoned requests a moment to go out.
    setTimeout(() => app.server.closeAllConnections(), 200).unref();
  }, limits.drainMs);
  try {
    await app.close();
  } finally {
    clearTimeout(late);
    await registry.close();
    metrics.close();
  }
}

function addressOf(app: App): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
