/** The document schema, its checks and the error classes. Each other room has its own entry. */
export * from "./errors.ts";
export * from "./schema/index.ts";
