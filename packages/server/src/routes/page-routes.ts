import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import fastifyStatic, { type FastifyStaticOptions } from "@fastify/static";
import { type Contract, contracts } from "@weft-nlp/api/contracts";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";

const withoutPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Weft</title>
<h1>Weft</h1>
<p>This server answers programs; it has no page, or one that was not built.</p>
<ul>
<li><a href="/docs">what it answers</a></li>
<li><a href="/openapi.json">the same for programs (OpenAPI 3.1)</a></li>
<li><a href="/v1/models">the models</a></li>
</ul>
</html>
`;

/**
 * Serves the built page as it is on disk, including one that is rebuilt while the server runs.
 * Addresses of the page's views get `index.html`; unknown paths of the API are errors.
 */
export async function pageRoutes(app: App, { options }: ServerContext): Promise<void> {
  const root = options.page === undefined ? undefined : resolve(options.page);
  if (root !== undefined) await app.register(fastifyStatic, filesOf(root));
  // Not async: the framework would wait for the answer again, although it has waited already before
  // passing it on.
  app.setNotFoundHandler((request, reply) => {
    const [path = "/"] = request.url.split("?");
    const read = request.method === "GET" || request.method === "HEAD";
    const asksForPage = read && request.headers.accept?.includes("text/html") === true;
    const built = root !== undefined && existsSync(join(root, "index.html"));
    if (built && asksForPage && !path.startsWith("/v1/") && !/\.\w+$/.test(path)) reply.sendFile("index.html");
    else if (!built && read && path === "/") void reply.type("text/html; charset=utf-8").send(withoutPage);
    else {
      const methods = methodsOf(path, options.workspace !== undefined);
      if (methods.length === 0) throw routeUnknown(request.method, path, options.workspace === undefined);
      reply.header("allow", methods.join(", "));
      throw methodUnknown(request.method, methods);
    }
  });
}

/** The methods that the API takes on a path. */
function methodsOf(path: string, withWorkspace: boolean): string[] {
  const found = patterns.filter(([pattern, { tag }]) => pattern.test(path) && (withWorkspace || !ofWorkspace(tag)));
  const methods = found.map(([, { method }]) => method as string);
  return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : [])])];
}

function methodUnknown(method: string, methods: readonly string[]): RequestError {
  return new RequestError("METHOD_UNKNOWN", {
    at: { path: "method" },
    message: `there is no ${method} on this path`,
    hint: `it takes ${methods.join(" and ")}`,
  });
}

function filesOf(root: string): FastifyStaticOptions {
  return {
    root,
    cacheControl: false,
    allowedPath: (path) => plainPath.test(path),
    // The names of these files hold a hash of their content; index.html is always revalidated.
    setHeaders: (response, path) => {
      const hashed = relative(root, path).startsWith(`assets${sep}`);
      response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  };
}

function routeUnknown(method: string, path: string, withoutWorkspace: boolean): RequestError {
  const isOff = withoutWorkspace && workspacePaths.has(path.split("/").slice(0, 3).join("/"));
  return new RequestError("ROUTE_UNKNOWN", {
    at: { path: "url" },
    message: `there is no ${method} on this path`,
    hint: isOff ? "start the server with --runs, --data or --corrections to enable this path" : "/openapi.json lists all paths",
  });
}

/** `/v1/runs` and the like. */
const workspacePaths: ReadonlySet<string> = new Set(
  Object.values<Contract>(contracts)
    .filter(({ tag }) => ofWorkspace(tag))
    .map(({ path }) => path.split("/").slice(0, 3).join("/")),
);

function ofWorkspace(tag: Contract["tag"]): boolean {
  return tag === "workspace" || tag === "corrections";
}

const patterns = Object.values<Contract>(contracts).map(
  (contract) => [new RegExp(`^${contract.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`), contract] as const,
);

/** Paths that lead only downwards, without hidden files. */
const plainPath = /^\/$|^\/?[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
