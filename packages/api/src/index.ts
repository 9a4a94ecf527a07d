/**
 * The routes of a server and the types of what goes over them. At run time there is the table of
 * routes alone.
 */
export { ndjsonType, type Route, type RouteName, routes } from "./routes.ts";
export type * from "./types.ts";
