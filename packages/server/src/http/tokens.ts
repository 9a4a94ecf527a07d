import { createHash, timingSafeEqual } from "node:crypto";
import { readWholeText } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";

/** Whether a request's `Authorization` header carries one of the tokens. */
export type TokenCheck = (authorization: string | undefined) => boolean;

/**
 * Compares digests of equal length with every token, so timing does not reveal how close a guess
 * was.
 */
export function tokenCheck(tokens: readonly string[]): TokenCheck {
  const known = tokens.map(digest);
  return (authorization) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    const offered = digest(given ?? "");
    let found = false;
    for (const token of known) found = timingSafeEqual(token, offered) || found;
    return found && given !== undefined;
  };
}

/**
 * Reads tokens from a file, one a line; skips empty lines and lines that begin with #.
 *
 * @throws {FileError}
 */
export async function readTokens(path: string): Promise<string[]> {
  const text = await readWholeText(path, { maxBytes: 1 << 20 });
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
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
