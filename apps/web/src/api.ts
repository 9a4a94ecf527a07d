import { signal } from "@preact/signals";

/** The bearer token that requests carry, where the server asks for one. Kept for this browser tab and no longer. */
export const token = signal(sessionStorage.getItem("weft-token") ?? "");

export function useToken(value: string): void {
  token.value = value;
  sessionStorage.setItem("weft-token", value);
}

/** What the server, or the way to it, says is wrong; ready to be shown to people. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** 0 where no answer came. */
  readonly status: number;
  /** Seconds after which the server asks to try again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, details: { code: string; message: string; hint?: string | undefined; retryAfter?: number }) {
    super(details.message);
    this.name = "ApiError";
    this.status = status;
    this.code = details.code;
    this.hint = details.hint;
    this.retryAfter = details.retryAfter;
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * The JSON answer of a request to the server this page came from.
 *
 * @param path relative to the page, `v1/models`; the page may stand under any prefix
 * @throws {ApiError} for every answer but 2xx, and where none comes
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/**
 * As `request`, with the answer still to be read: for downloads and streams.
 *
 * @throws {ApiError}
 */
export async function send(path: string, { method, body, signal, headers }: RequestOptions = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token.value === "" ? {} : { authorization: `Bearer ${token.value}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(0, {
      code: "UNREACHABLE",
      message: "the server does not answer",
      hint: "is weft serve still running, and this page still at its address?",
    });
  }
  if (response.ok) return response;
  throw await failureOf(response);
}

/** The server says `{error: {code, message, hint}}`; a proxy in between may say anything. */
async function failureOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retry = Number.isFinite(wait) ? { retryAfter: wait } : {};
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; hint?: string } };
    if (typeof error.message === "string") return new ApiError(status, { ...error, ...retry });
  } catch {
    // Not the server's own answer: its status is all there is to say.
  }
  return new ApiError(status, {
    code: `HTTP_${status}`,
    message: `the server answered ${status} ${response.statusText}`.trim(),
    ...retry,
  });
}
