import type { ErrorAnswer, Place } from "../types.ts";

export interface ApiErrorDetails {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: Place | undefined;
  readonly retryMs?: number | undefined;
  readonly answer?: unknown;
  readonly cause?: unknown;
}

/** What the server, or the way to it, says is wrong. */
export class ApiError extends Error {
  /**
   * A code of docs/errors.md; `UNREACHABLE` where no answer came, `HTTP_502` and the like where
   * something else answered.
   */
  readonly code: string;
  /** Of the answer: 0 where none came, 200 for one line of a stream. */
  readonly status: number;
  readonly hint: string | undefined;
  readonly at: Place | undefined;
  /** Milliseconds after which the server asks to try again. */
  readonly retryMs: number | undefined;
  /** The whole JSON answer: that to a conflict has more than the error. */
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

/**
 * The error that an answer is. The server answers in its own form, and a proxy in between in any.
 */
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
