import { signal } from "@preact/signals";
import { ApiError, connect } from "@weft-nlp/api/client";

export { ApiError } from "@weft-nlp/api/client";

/**
 * The bearer token that requests carry, where the server asks for one. Kept for this browser tab
 * and no longer.
 */
export const token = signal(sessionStorage.getItem("weft-token") ?? "");

export function useToken(value: string): void {
  token.value = value;
  sessionStorage.setItem("weft-token", value);
}

/**
 * The server that this page came from, under any prefix. Views say themselves when something is
 * tried again.
 *
 * @throws {ApiError} for every answer but 2xx, and where none comes
 */
export const { call, send } = connect({ baseUrl: ".", token: () => token.value, retry: false });

let workspace: boolean | undefined;

/** Whether the server has routes for runs, data and corrections; asked once. @throws {ApiError} */
export async function hasWorkspace(): Promise<boolean> {
  workspace ??= (await call("models")).workspace;
  return workspace;
}

/** What a view says that needs them. */
export function withoutWorkspace(): ApiError {
  return new ApiError(404, {
    code: "NOT_ALLOWED",
    message: "this server was started without a folder for corrections",
    hint: "start it with --corrections FOLDER",
  });
}
