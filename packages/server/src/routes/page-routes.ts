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
 * The built page, as it is at the moment: one that is built while the server runs is there with its
 * new files. The page's own addresses, which no file has, get `index.html`; what is asked of the
 * API and does not exist is an error.
 */
export async function pageRoutes(app: App, { options }: ServerContext): Promise<void> {
  const root = options.page === undefined ? undefined : resolve(options.page);
  if (root !== undefined) await app.register(fastifyStatic, filesOf(root));
  // No promise: the framework would wait for the answer once more for each, and one that was passed
  // on here has been waited for before.
  app.setNotFoundHandler((request, reply) => {
    const [path = "/"] = request.url.split("?");
    const read = request.method === "GET" || request.method === "HEAD";
    const asksForPage = read && request.headers.accept?.includes("text/html") === true;
    const built = root !== undefined && existsSync(join(root, "index.html"));
    if (built && asksForPage && !path.startsWith("/v1/") && !/\.\w+$/.test(path)) reply.sendFile("index.html");
    else if (!built && read && path === "/") void reply.type("text/html; charset=utf-8").send(withoutPage);
    else throw routeUnknown(request.method, path, options.workspace === undefined);
  });
}

function filesOf(root: string): FastifyStaticOptions {
  return {
    root,
    cacheControl: false,
    allowedPath: (path) => plainPath.test(path),
    // Names of these files hold a hash of their content; index.html is asked for again each time.
    setHeaders: (response, path) => {
      const hashed = relative(root, path).startsWith(`assets${sep}`);
      response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  };
}

function routeUnknown(method: string, path: string, withoutWorkspace: boolean): RequestError {
  const ofWorkspace = withoutWorkspace && workspacePaths.has(path.split("/").slice(0, 3).join("/"));
  return new RequestError("ROUTE_UNKNOWN", {
    at: { path: "url" },
    message: `there is nothing to ${method} under this path`,
    hint: ofWorkspace
      ? "this server has no workspace; start it with --runs, --data or --corrections"
      : "/openapi.json lists what there is",
  });
}

/** `/v1/runs` and the like. */
const workspacePaths: ReadonlySet<string> = new Set(
  Object.values<Contract>(contracts)
    .filter(({ tag }) => tag === "workspace" || tag === "corrections")
    .map(({ path }) => path.split("/").slice(0, 3).join("/")),
);

/** Of names that lead nowhere but downwards, with no hidden file among them. */
const plainPath = /^\/$|^\/?[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
