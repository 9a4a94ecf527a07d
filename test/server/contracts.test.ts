import { contracts } from "@weft-nlp/api/contracts";
import { expect, test } from "vitest";
import { send, startServer } from "./test-server.ts";

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags: readonly string[] }>>>>;
}

async function routesOf(options: Parameters<typeof startServer>[0]): Promise<string[]> {
  const { url } = await startServer(options);
  const { paths } = (await send(`${url}/openapi.json`)).json as Described;
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .toSorted();
}

const placesOf = (tags: readonly string[]): string[] =>
  Object.values(contracts)
    .filter(({ tag }) => tags.includes(tag))
    .map(({ method, path }) => `${method} ${path}`)
    .toSorted();

test("a server has exactly the routes of the table, and workspace routes only with a workspace", async () => {
  const serving = ["extraction", "models", "triples", "operation"];
  expect(await routesOf({})).toEqual(placesOf(serving));
  expect(await routesOf({ data: [] })).toEqual(placesOf([...serving, "workspace", "corrections"]));
});

test.each(["/v1/runs", "/v1/data", "/v1/compare", "/v1/corrections"])("without a workspace %s does not exist", async (path) => {
  const { url } = await startServer();
  for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"])
    expect((await send(`${url}${path}`, { method })).status).toBe(404);
});
