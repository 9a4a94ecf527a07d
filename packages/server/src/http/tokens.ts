import { createHash, timingSafeEqual } from "node:crypto";
import { type Scope, scopes } from "@weft-nlp/api";
import { UsageError } from "@weft-nlp/node";
import { readWholeText } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import type { AccessToken } from "../options.ts";

/** What the token in a request's `Authorization` header permits; undefined without a valid one. */
export type TokenCheck = (authorization: string | undefined) => Scope | undefined;

/**
 * Compares digests of equal length with every token, so timing does not reveal how close a guess
 * was.
 */
export function tokenCheck(tokens: readonly (string | AccessToken)[]): TokenCheck {
  const known = tokens.map((token) =>
    typeof token === "string" ? { token: digest(token), scope: "admin" as const } : { ...token, token: digest(token.token) },
  );
  return (authorization) => {
    const given = givenToken(authorization ?? "");
    const offered = digest(given ?? "");
    let found: Scope | undefined;
    for (const { token, scope } of known) if (timingSafeEqual(token, offered)) found = scope;
    return given === undefined ? undefined : found;
  };
}

/** The bearer token, or the password of tools that can only send a name and a password. */
function givenToken(authorization: string): string | undefined {
  const [, scheme, value] = /^(Bearer|Basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (value === undefined || scheme?.toLowerCase() === "bearer") return value;
  const [, password] = /^[^:]*:(\S+)$/.exec(Buffer.from(value, "base64").toString()) ?? [];
  return password;
}

/**
 * Reads tokens from a file, one a line, each with its scope after a space; the scope defaults to
 * `admin`. Skips empty lines and lines that begin with #.
 *
 * @throws {FileError} if the file cannot be read @throws {UsageError} for an unknown scope
 */
export async function readTokens(path: string): Promise<AccessToken[]> {
  const text = await readWholeText(path, { maxBytes: 1 << 20 });
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [token = "", scope = "admin", ...more] = line.trim().split(/\s+/);
    if (token === "" || token.startsWith("#")) return [];
    if (isScope(scope) && more.length === 0) return [{ token, scope }];
    throw new UsageError(
      `the token in line ${index + 1} of ${path} is not followed by one of the scopes`,
      `write TOKEN, or TOKEN SCOPE; the scopes are ${scopes.join(", ")}`,
    );
  });
}

function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text);
}

export function tokenInvalid(given: boolean): RequestError {
  return new RequestError("TOKEN_INVALID", {
    at: { path: "authorization" },
    message: given ? "the token is not valid for this server" : "this server requires a token",
    hint: "send the header Authorization: Bearer TOKEN",
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
