/** The whole library under the name that people install. */
export * from "@weft/core";
