import type { ErrorAnswer, Place } from "../types.ts";

/** The fields of an `ApiError`. */
export interface ApiErrorDetails {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: Place | undefined;
  readonly retryMs?: number | undefined;
  readonly answer?: unknown;
  readonly cause?: unknown;
}

/** A request failed: the server refused it, or could not be reached. */
export class ApiError extends Error {
  /**
   * A code from docs/errors.md, `UNREACHABLE` if no answer came, or `HTTP_502` and the like if
   * something other than a Weft server answered.
   */
  readonly code: string;
  /** The HTTP status: 0 if no answer came, 200 for an error in one line of a stream. */
  readonly status: number;
  readonly hint: string | undefined;
  readonly at: Place | undefined;
  /** Milliseconds to wait before a retry, if the server names a time. */
  readonly retryMs: number | undefined;
  /** The whole JSON answer; the answer to a conflict holds more than the error. */
  readonly answer: unknown;

  constructor(status: number, { code, message, hint, at, retryMs, answer, cause }: ApiErrorDetails) {
    super(message, { cause });
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.at = at;
    this.retryMs = retryMs;
    this.answer = answer;
  }
}

/** Turns an error answer into an `ApiError`. A proxy in between may answer in any form. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status, statusText, headers } = response;
  const retryMs = retryAfterMs(headers.get("retry-after"));
  const answer = parsed(await response.text().catch(() => ""));
  if (isErrorAnswer(answer)) return new ApiError(status, { ...answer.error, retryMs, answer });
  const message = `the server answered ${status} ${statusText}`.trim();
  return new ApiError(status, { code: `HTTP_${status}`, message, retryMs, answer });
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function isErrorAnswer(answer: unknown): answer is ErrorAnswer {
  return typeof (answer as Partial<ErrorAnswer> | undefined)?.error?.message === "string";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
