import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { pino } from "pino";
import type { App } from "./app.ts";
import { checkRequest } from "./check-request.ts";
import type { ServerContext } from "./context.ts";
import { errorReply } from "./error-reply.ts";
import { readJsonBody } from "./json-body.ts";
import { ModelRegistry } from "./model-registry.ts";
import { defaultHost, defaultLimits, defaultPort, type ServerOptions } from "./options.ts";
import { extractRoutes } from "./routes/extract.ts";
import { healthRoutes } from "./routes/health.ts";
import { modelRoutes } from "./routes/models.ts";
import { pageRoutes } from "./routes/page.ts";
import { addSecurityHeaders } from "./security-headers.ts";

export interface WeftServer {
  readonly app: App;
  /** Begins to listen. @returns the address with the port that was taken */
  listen(): Promise<string>;
  /** Finishes what is under way, then lets go of port, models and threads. */
  close(): Promise<void>;
}

/** The groups of routes, each a plugin that is given the server's context. */
const routeGroups = [healthRoutes, extractRoutes, modelRoutes, pageRoutes] as const;

/**
 * A server with its models loaded, not yet listening.
 *
 * @throws {FileError} @throws {ArchiveError} where a model cannot be read
 */
export async function createServer(options: ServerOptions): Promise<WeftServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const registry = await ModelRegistry.open(options.models, options);
  const app = buildApp(options);
  const context: ServerContext = { registry, limits, options };
  app.setValidatorCompiler(checkRequest);
  // Answers are made by us from checked parts; walking through each of them once more would cost more than making it.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (_request: unknown, body: IncomingMessage) => readJsonBody(body, limits));
  app.setErrorHandler((error, request, reply) => {
    const { status, body, retryAfter } = errorReply(error);
    if (status === 500) request.log.error({ err: error }, "a request failed inside");
    if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
    return reply.code(status).send(body);
  });
  addSecurityHeaders(app);
  for (const routes of routeGroups) await app.register(routes, context);
  return {
    app,
    listen: async () => {
      await app.listen({ host: options.host ?? defaultHost, port: options.port ?? defaultPort });
      return addressOf(app);
    },
    close: async () => {
      await app.close();
      await registry.close();
    },
  };
}

function buildApp({ logger }: ServerOptions): App {
  return fastify({
    loggerInstance: logger ?? pino({ level: "silent" }),
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 300 },
  }) as unknown as App;
}

function addressOf(app: App): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
