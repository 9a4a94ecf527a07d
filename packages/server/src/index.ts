import { fileURLToPath } from "node:url";

/** The server of `weft serve`, for programs that start it themselves. */
export { createServer, type WeftServer } from "./create-server.ts";
export { RequestError, type ServerErrorCode, serverErrorCodes } from "./errors.ts";
export { readTokens } from "./http/tokens.ts";
export {
  type AccessToken,
  defaultHost,
  defaultLimits,
  defaultPort,
  isLoopback,
  type Limits,
  type ModelSource,
  type ServerOptions,
  type WorkspaceOptions,
} from "./options.ts";

/** The folder of the page that comes with this package, for the option `page`. */
export const pageFolder: string = fileURLToPath(new URL("../page/", import.meta.url));
