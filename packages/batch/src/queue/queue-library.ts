import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type {
  BackendFactory,
  ConnectionOptions,
  IQueueBackend,
  PostgresConnectionOptions,
  Queue,
  WaitingError,
  Worker,
} from "bullmq";
import { QueueError } from "../errors.ts";
import type { QueueAddress } from "./queue-url.ts";

type Connection = ConnectionOptions | PostgresConnectionOptions;

/** BullMQ over one store. */
export interface QueueLibrary {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly WaitingError: typeof WaitingError;
  readonly backend: BackendFactory<IQueueBackend, Connection>;
  /** Separates our queues from those of other programs in the same store. */
  readonly options: { readonly connection: Connection; readonly prefix: string };
  /**
   * Keeps clients from waiting for a store that does not answer: they could not be closed. Resolves
   * when they have noticed.
   */
  giveUp(): Promise<void>;
  /** Ends what clients left open when they were closed: it would keep the process alive. */
  dropConnections(): void;
}

/**
 * Loads BullMQ and the client of a store, which users of queues install themselves.
 *
 * @throws {QueueError} QUEUE_CLIENT_MISSING
 */
export async function loadQueueLibrary({ store, url }: QueueAddress): Promise<QueueLibrary> {
  const client = store === "redis" ? "ioredis" : "pg";
  try {
    // BullMQ loads the client itself, but too late for a clear message.
    await (store === "redis" ? import("ioredis") : import("pg"));
    const bullmq = await import("bullmq");
    let dropped = false;
    // A client gives up when it is given no time for its next attempt.
    const retryStrategy = (attempt: number): number | null => (dropped ? null : Math.min(100 * attempt, 1000));
    const redis = { connection: { url, maxRetriesPerRequest: null, retryStrategy }, factory: bullmq.getDefaultBackendFactory() };
    const sockets = new Set<Socket>();
    const stream = (): Socket => {
      const socket = new Socket();
      if (dropped) return socket.destroy();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    };
    // A worker and its queue have one more connection each, to wait for jobs.
    const pool = { connectionString: url, schema: "weft", migrate: true, max: 2, connectionTimeoutMillis: 30_000, stream };
    const { connection, factory } =
      store === "redis"
        ? redis
        : { connection: pool, factory: bullmq.createPostgresBackend as BackendFactory<IQueueBackend, never> };
    return {
      Queue: bullmq.Queue,
      Worker: bullmq.Worker,
      WaitingError: bullmq.WaitingError,
      backend: factory as unknown as BackendFactory<IQueueBackend, Connection>,
      options: { connection, prefix: "weft" },
      giveUp: async () => {
        dropped = true;
        for (const socket of sockets) socket.destroy();
        await wait(1500);
      },
      dropConnections: () => {
        dropped = true;
        for (const socket of sockets) socket.destroy();
      },
    };
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new QueueError("QUEUE_CLIENT_MISSING", {
      message: `a queue on ${store === "redis" ? "Redis" : "PostgreSQL"} needs the packages bullmq and ${client}, which are not installed`,
      hint: `npm install bullmq@6 ${client}`,
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));
}
