/** The server of `weft serve`, for programs that start it themselves. */
export { createServer, type WeftServer } from "./create-server.ts";
export { RequestError, type ServerErrorCode, serverErrorCodes } from "./errors.ts";
export { readTokens } from "./http/tokens.ts";
export { defaultHost, defaultLimits, defaultPort, type Limits, type ModelSource, type ServerOptions } from "./options.ts";
