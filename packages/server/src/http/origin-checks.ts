import { RequestError } from "../errors.ts";
import { defaultHost, type ServerOptions } from "../options.ts";
import type { App } from "./app.ts";

/**
 * Keeps other pages in the same browser away from a server on this machine. Requests must name a
 * known host, since a foreign name that resolves to this machine is an attack (DNS rebinding).
 * Pages of other origins may read answers only if `cors` lists them.
 */
export function addOriginChecks(app: App, { host = defaultHost, hosts = [], cors = [] }: ServerOptions): void {
  const names = loopback.has(host) ? new Set([...loopback, ...hosts.map((name) => name.toLowerCase())]) : undefined;
  const origins = new Set(cors);
  app.addHook("onRequest", async (request, reply) => {
    if (names !== undefined && !names.has(request.hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1"))) {
      throw new RequestError("NOT_ALLOWED", {
        at: { path: "host" },
        message: "the host name of the request is not allowed",
        hint: "use localhost or 127.0.0.1, or start the server with --allow-host NAME",
      });
    }
    const { origin } = request.headers;
    if (origins.size === 0) return;
    reply.header("vary", "origin");
    if (origin === undefined || !origins.has(origin)) return;
    reply.header("access-control-allow-origin", origin);
    if (request.method !== "OPTIONS") return;
    await reply
      .headers({
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "authorization, content-type, if-match",
        "access-control-max-age": "600",
      })
      .code(204)
      .send();
  });
}

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);
