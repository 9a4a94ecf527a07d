import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import { RequestError } from "../../errors.ts";
import type { App } from "../app.ts";
import type { ServerContext } from "../context.ts";

/** The page that comes with the package: `page/` beside `src/` and `dist/`. */
const ownPage = fileURLToPath(new URL("../../../page/", import.meta.url));

const withoutPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Weft</title>
<h1>Weft</h1>
<p>This server answers programs; the page was not built with it.</p>
<ul>
<li><a href="/docs">what it answers</a></li>
<li><a href="/openapi.json">the same for programs (OpenAPI 3.1)</a></li>
<li><a href="/v1/models">the models</a></li>
</ul>
</html>
`;

/** The built page. Its own addresses, which no file has, get `index.html`; what is asked of the API and does not exist is an error. */
export async function pageRoutes(app: App, { options }: ServerContext): Promise<void> {
  const root = options.page ?? ownPage;
  const built = existsSync(join(root, "index.html"));
  if (built) {
    await app.register(fastifyStatic, {
      root,
      wildcard: false,
      cacheControl: false,
      // Names of these files hold a hash of their content; index.html is asked for again each time.
      setHeaders: (response, path) => {
        response.setHeader("cache-control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
  } else {
    app.get("/", { schema: { hide: true } }, async (_request, reply) => reply.type("text/html; charset=utf-8").send(withoutPage));
  }
  app.setNotFoundHandler(async (request, reply) => {
    const [path = "/"] = request.url.split("?");
    const asksForPage = request.method === "GET" && request.headers.accept?.includes("text/html") === true;
    if (built && asksForPage && !path.startsWith("/v1/") && !/\.\w+$/.test(path)) return reply.sendFile("index.html");
    throw new RequestError("ROUTE_UNKNOWN", {
      at: { path: "url" },
      message: `there is nothing to ${request.method} under this path`,
      hint: "/openapi.json lists what there is",
    });
  });
}
