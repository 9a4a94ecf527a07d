import type { ApiError } from "./api-error.ts";

/** How often and how long a client waits for a busy server. */
export interface RetryPolicy {
  /** Retries of one request; defaults to 4. */
  readonly max: number;
  /**
   * The pause before the first retry where the server names none; each one after it is twice as
   * long. Defaults to 500.
   */
  readonly firstMs: number;
  /**
   * The longest pause; a server that asks for a longer one is not waited for. Defaults to 30,000.
   */
  readonly maxMs: number;
}

const defaults: RetryPolicy = { max: 4, firstMs: 500, maxMs: 30_000 };

/**
 * Milliseconds before a request is sent again; undefined where it is not.
 *
 * @param attempt how often it was sent again already
 */
export function pauseBefore(
  attempt: number,
  { status, retryMs }: Pick<ApiError, "status" | "retryMs">,
  policy: Partial<RetryPolicy> = {},
): number | undefined {
  const { max, firstMs, maxMs } = { ...defaults, ...policy };
  if ((status !== 429 && status !== 503) || attempt >= max) return undefined;
  if (retryMs === undefined) return Math.min(maxMs, firstMs * 2 ** attempt);
  return retryMs <= maxMs ? retryMs : undefined;
}
