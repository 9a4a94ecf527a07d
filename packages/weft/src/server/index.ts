/** The server of `weft serve`, for programs that start it themselves. */
export { createServer, type WeftServer } from "./create-server.ts";
export { defaultLimits, type Limits, type ModelSource, type ServerOptions } from "./options.ts";
