/** A client of a Weft server, for Node and browsers. It needs only `fetch`. */
export { ApiError, type ApiErrorDetails } from "./api-error.ts";
export {
  type CallInput,
  type CallOptions,
  type Connection,
  type ConnectionOptions,
  connect,
  type RawRequest,
} from "./connection.ts";
export { createClient, type ExtractSettings, type WeftClient } from "./create-client.ts";
export type { RetryPolicy } from "./retry-policy.ts";
export type { StreamResult, StreamSettings } from "./stream-extraction.ts";
export { textLines } from "./text-lines.ts";
