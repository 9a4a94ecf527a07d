import type { ApiError } from "./api-error.ts";

/** How often a client retries when a server is busy, and how long it waits. */
export interface RetryPolicy {
  /** Max retries of one request; defaults to 4. */
  readonly max: number;
  /**
   * Milliseconds before the first retry if the server names no time; each pause doubles. Defaults
   * to 500.
   */
  readonly firstMs: number;
  /**
   * Max milliseconds of a pause. If the server asks for longer, the request fails. Defaults to
   * 30,000.
   */
  readonly maxMs: number;
}

const defaults: RetryPolicy = { max: 4, firstMs: 500, maxMs: 30_000 };

/**
 * Milliseconds before the next retry; undefined if the request is not retried.
 *
 * @param attempt retries so far
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
