import { signal } from "@preact/signals";
import { ApiError, connect } from "@weft-nlp/api/client";

export { ApiError } from "@weft-nlp/api/client";

/** The bearer token of requests, if the server needs one. Stored only for this browser tab. */
export const token = signal(sessionStorage.getItem("weft-token") ?? "");

export function useToken(value: string): void {
  token.value = value;
  sessionStorage.setItem("weft-token", value);
}

/**
 * The server that this page came from, under any prefix. Views decide themselves when to retry.
 *
 * @throws {ApiError} if the status is not 2xx, or no answer comes
 */
export const { call, send } = connect({ baseUrl: ".", token: () => token.value, retry: false });

let workspace: boolean | undefined;

/**
 * Whether the server has routes for runs, data and corrections; requested once.
 *
 * @throws {ApiError}
 */
export async function hasWorkspace(): Promise<boolean> {
  workspace ??= (await call("models")).workspace;
  return workspace;
}

/** The error of a view that needs them. */
export function withoutWorkspace(): ApiError {
  return new ApiError(404, {
    code: "NOT_ALLOWED",
    message: "this server was started without a folder for corrections",
    hint: "start it with --corrections FOLDER",
  });
}
