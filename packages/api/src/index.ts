/**
 * The routes of a server, and the types of their requests and answers. At run time, only the table
 * of routes exists.
 */
export { ndjsonType, type Route, type RouteName, routes, type Scope, scopes } from "./routes.ts";
export type * from "./types.ts";
