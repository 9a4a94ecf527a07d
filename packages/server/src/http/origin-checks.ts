import { isIP } from "node:net";
import { RequestError } from "../errors.ts";
import type { ServerOptions } from "../options.ts";
import type { App } from "./app.ts";

/**
 * Keeps other pages in a user's browser away from the server.
 *
 * - Requests must name the server by an address, as localhost or by one of `hosts`: a page of a
 *   foreign name that resolves to this server is an attack (DNS rebinding).
 * - A request that may change something must not come from a page of another origin, except those
 *   that `cors` lists. Browsers say where a request comes from; other programs need not.
 * - Pages of other origins may read answers only if `cors` lists them.
 */
export function addOriginChecks(app: App, { host, hosts = [], cors = [] }: ServerOptions): void {
  const names = new Set(["localhost", ...(host === undefined ? [] : [host]), ...hosts].map((name) => name.toLowerCase()));
  const origins = new Set(cors);
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    if (!isKnownName(request.hostname.toLowerCase(), names)) {
      throw new RequestError("NOT_ALLOWED", {
        at: { path: "host" },
        message: "the host name of the request is not allowed",
        hint: "use localhost or an address, or start the server with --allow-host NAME",
      });
    }
    const listed = origin !== undefined && origins.has(origin);
    if (!safeMethods.has(request.method) && !listed && isForeign(request.headers, request.host)) {
      throw new RequestError("NOT_ALLOWED", {
        at: { path: "origin" },
        message: "the request comes from a page of another origin",
        hint: "start the server with --cors ORIGIN to let that page in",
      });
    }
    if (origins.size === 0) return;
    reply.header("vary", "origin");
    if (!listed) return;
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

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

function isKnownName(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || name.endsWith(".localhost") || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

/**
 * Whether a page of another origin sent the request. Current browsers say so themselves; of others
 * the origin is compared with the host that they asked.
 */
function isForeign(headers: { readonly [name: string]: string | string[] | undefined }, host: string): boolean {
  const { "sec-fetch-site": site, origin } = headers;
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  if (origin === undefined) return false;
  return !URL.canParse(String(origin)) || new URL(String(origin)).host !== host.toLowerCase();
}
