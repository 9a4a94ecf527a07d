import { expect, test } from "vitest";
import * as z from "zod";
import { routes } from "../routes.ts";
import { type Contract, contracts } from "./index.ts";

const all = Object.entries<Contract>(contracts);

test("every route has a contract under its own name", () => {
  expect(Object.keys(contracts).toSorted()).toEqual(Object.keys(routes).toSorted());
  const places = all.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
  for (const [name, contract] of all) expect(contract).toMatchObject(routes[name as keyof typeof routes]);
});

test.each(all)("%s: its path parameters have schemas, and an answer that is not JSON names its type", (_, contract) => {
  const { path, params, responses, media, method, body } = contract;
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  expect(params instanceof z.ZodObject ? Object.keys(params.shape) : []).toEqual(named);
  if (responses === undefined && method === "GET") expect(media?.answer).toBeDefined();
  if (body !== undefined) expect(["POST", "PUT", "PATCH"]).toContain(method);
});
