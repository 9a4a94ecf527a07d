import { type Scope, scopes } from "@weft-nlp/api";
import { RequestError } from "../errors.ts";
import { defaultHost, isLoopback, type ServerOptions } from "../options.ts";
import type { App } from "./app.ts";
import { tokenCheck, tokenInvalid } from "./tokens.ts";

/**
 * Lets a request in if its token permits what its route does. Without tokens, a server that others
 * can reach only reads.
 */
export function addAccessRules(api: App, { tokens = [], host = defaultHost }: ServerOptions): void {
  const permitted = tokens.length === 0 ? () => (isLoopback(host) ? "admin" : "read") : tokenCheck(tokens);
  api.addHook("onRequest", async ({ headers: { authorization }, routeOptions: { config } }) => {
    const scope = permitted(authorization);
    if (scope === undefined) throw tokenInvalid(authorization !== undefined);
    const { scope: needed = "read" } = config as { readonly scope?: Scope };
    if (scopes.indexOf(scope) >= scopes.indexOf(needed)) return;
    throw tokens.length === 0 ? tokensMissing() : scopeMissing(scope, needed);
  });
}

function tokensMissing(): RequestError {
  return new RequestError("NOT_ALLOWED", {
    message: "a server that other machines can reach changes nothing without tokens",
    hint: "start it with --tokens FILE, or on this machine only",
  });
}

function scopeMissing(scope: Scope, needed: Scope): RequestError {
  return new RequestError("NOT_ALLOWED", {
    at: { path: "authorization" },
    message: `the token permits ${scope}, and this request needs ${needed}`,
    hint: `use a token with the scope ${needed}`,
  });
}
