import { QueueError } from "../errors.ts";

/** Where a queue is kept. */
export interface QueueAddress {
  readonly store: "redis" | "postgres";
  /** For the client of the store; may hold a password. */
  readonly url: string;
  /** The same without the password, for messages. */
  readonly shown: string;
}

const stores: Readonly<Record<string, readonly [QueueAddress["store"], string]>> = {
  "redis:": ["redis", "redis:"],
  "rediss:": ["redis", "rediss:"],
  "valkey:": ["redis", "redis:"],
  "valkeys:": ["redis", "rediss:"],
  "postgres:": ["postgres", "postgres:"],
  "postgresql:": ["postgres", "postgres:"],
};

/**
 * Reads `redis://host:6379/0` or `postgres://user@host/database`.
 *
 * @throws {QueueError} QUEUE_URL_INVALID
 */
export function parseQueueUrl(text: string): QueueAddress {
  const scheme = /^[a-z]+:(?=\/\/)/i.exec(text)?.[0].toLowerCase() ?? "";
  const [store, protocol] = stores[scheme] ?? [];
  if (store === undefined || protocol === undefined || !URL.canParse(text)) {
    throw new QueueError("QUEUE_URL_INVALID", {
      message: `${JSON.stringify(withoutPassword(text))} is not the address of a queue`,
      hint: "write redis://HOST:6379 (rediss:// with TLS) for Redis and Valkey, or postgres://USER@HOST/DATABASE for PostgreSQL",
    });
  }
  return { store, url: `${protocol}${text.slice(scheme.length)}`, shown: withoutPassword(text) };
}

function withoutPassword(text: string): string {
  return text.replace(/(\/\/[^/@]*?):[^/]*@/, "$1:…@").replace(/([?&]password=)[^&]*/gi, "$1…");
}
