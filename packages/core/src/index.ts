/**
 * What a document is, and what may be wrong with one. Everything else is under the name of its
 * room.
 */
export * from "./errors.ts";
export * from "./schema/index.ts";
