import { escapeXml } from "@weft-nlp/core/text";
import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import type { JsonSchema } from "../openapi/json-schema.ts";
import { type OpenApi, type Operation, openApi } from "../openapi/openapi.ts";

/**
 * `/openapi.json` for programs, and `/docs` for people: a page without scripts, from the same
 * description.
 */
export async function docsRoutes(app: App, { options }: ServerContext): Promise<void> {
  let description: OpenApi | undefined;
  const describe = (): OpenApi =>
    (description ??= openApi({ tokens: (options.tokens ?? []).length > 0, workspace: options.workspace !== undefined }));
  app.get("/openapi.json", async () => describe());
  app.get("/docs", async (_request, reply) => reply.type("text/html; charset=utf-8").send(docsPage(describe())));
  app.get("/docs.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(styles));
}

function docsPage({ paths, components }: OpenApi): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      routeSection(`${method.toUpperCase()} ${path}`, operation, components.schemas),
    ),
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
problems (RFC 9457) with <code>{"error": {"code", "message", "hint"?, "at"?}}</code>. For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${routes.join("\n")}
</main>
</body>
</html>
`;
}

type Schemas = OpenApi["components"]["schemas"];

function routeSection(name: string, { summary, description, parameters = [], requestBody }: Operation, named: Schemas): string {
  const rows = parameters.map((each) => fieldRow(each.name, { ...each.schema, ...described(each) }, `in the ${each.in}`, named));
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h3>Body: <code>${escapeXml(type)}</code></h3>\n${fieldTable(fieldsOf(schema, named))}`,
  );
  return `<section>
<h2><code>${escapeXml(name)}</code></h2>
<p>${escapeXml(summary)}.${description === undefined ? "" : ` ${escapeXml(description)}`}</p>
${rows.length === 0 ? "" : `<h3>Parameters</h3>\n${fieldTable(rows)}`}
${bodies.join("\n")}
</section>`;
}

function described({ description }: { readonly description?: string }): JsonSchema {
  return description === undefined ? {} : { description };
}

function resolved(schema: JsonSchema, named: Schemas): JsonSchema {
  return schema.$ref === undefined ? schema : (named[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] ?? schema);
}

/** The fields of an object, or of the object among several forms. */
function fieldsOf(given: JsonSchema, named: Schemas): string[] {
  const schema = resolved(given, named);
  const forms = [schema, ...(schema.anyOf ?? []).map((each) => resolved(each, named))];
  const object = forms.find(({ properties }) => properties !== undefined);
  return Object.entries(object?.properties ?? {}).map(([name, field]) => fieldRow(name, field, "", named));
}

function fieldTable(rows: readonly string[]): string {
  return `<table>\n<thead><tr><th>field</th><th>type</th><th>meaning</th></tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table>`;
}

function fieldRow(name: string, schema: JsonSchema, where: string, named: Schemas): string {
  const meaning = [schema.description ?? resolved(schema, named).description, where].filter(
    (part) => part !== undefined && part !== "",
  );
  return `<tr><td><code>${escapeXml(name)}</code></td><td>${escapeXml(typeName(schema, named))}</td><td>${escapeXml(meaning.join("; "))}</td></tr>`;
}

function typeName(given: JsonSchema, named: Schemas): string {
  const schema = resolved(given, named);
  if (schema.enum !== undefined) return schema.enum.map(String).join(" or ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((each) => typeName(each, named)))].join(" or ");
  if (schema.items !== undefined) return `list of ${typeName(schema.items, named)}`;
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
