import { escapeXml } from "@weft-nlp/core/text";
import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import { type OpenApi, type Operation, openApi } from "../openapi.ts";

/**
 * `/openapi.json` for programs, and `/docs` for people: a page without scripts, from the same
 * description.
 */
export async function docsRoutes(app: App, _context: ServerContext): Promise<void> {
  let description: OpenApi | undefined;
  const describe = (): OpenApi => (description ??= openApi(app));
  app.get("/openapi.json", { schema: { hide: true } }, async () => describe());
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(docsPage(describe())),
  );
  app.get("/docs.css", { schema: { hide: true } }, async (_request, reply) => reply.type("text/css; charset=utf-8").send(styles));
}

function docsPage({ paths }: OpenApi): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeSection(method.toUpperCase(), path, operation)),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weft: what this server answers</title>
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<main>
<h1>What this server answers</h1>
<p>Offsets into a text count UTF-16 units, as JavaScript does; spans are half-open. Errors are
<code>{"error": {"code", "message", "hint"?, "at"?}}</code>. For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${routes.join("\n")}
</main>
</body>
</html>
`;
}

function routeSection(
  method: string,
  path: string,
  { summary = "", description, parameters = [], requestBody }: Operation,
): string {
  const name = `${method} ${path}`;
  const rows = parameters.map((each) => fieldRow(each.name, each.schema as Schema, `in the ${each.in}`));
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h3>Body: <code>${escapeXml(type)}</code></h3>\n${fieldTable(fieldsOf(schema as Schema))}`,
  );
  return `<section>
<h2><code>${escapeXml(name)}</code></h2>
<p>${escapeXml(summary)}.${description === undefined ? "" : ` ${escapeXml(description)}`}</p>
${rows.length === 0 ? "" : `<h3>Parameters</h3>\n${fieldTable(rows)}`}
${bodies.join("\n")}
</section>`;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
}

/** The fields of an object, or of the object among several forms. */
function fieldsOf(schema: Schema | undefined): string[] {
  const object = schema?.properties === undefined ? schema?.anyOf?.find(({ properties }) => properties !== undefined) : schema;
  return Object.entries(object?.properties ?? {}).map(([name, field]) => fieldRow(name, field, ""));
}

function fieldTable(rows: readonly string[]): string {
  return `<table>\n<thead><tr><th>field</th><th>type</th><th>meaning</th></tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table>`;
}

function fieldRow(name: string, schema: Schema | undefined, where: string): string {
  const meaning = [schema?.description, where].filter((part) => part !== undefined && part !== "").join("; ");
  return `<tr><td><code>${escapeXml(name)}</code></td><td>${escapeXml(typeName(schema))}</td><td>${escapeXml(meaning)}</td></tr>`;
}

function typeName(schema: Schema | undefined): string {
  if (schema === undefined) return "any";
  if (schema.enum !== undefined) return schema.enum.map(String).join(" or ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeName))].join(" or ");
  if (schema.items !== undefined) return `list of ${typeName(schema.items)}`;
  return [schema.type ?? "any"].flat().join(" or ");
}

const styles = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; }
h2, code { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8883; }
`;
