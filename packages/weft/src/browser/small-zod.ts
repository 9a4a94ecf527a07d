/**
 * Stands in the place of `zod` in the bundle for the browser: `scripts/browser-input.mjs`.
 *
 * @module
 */
export * from "./small-schema.ts";
export * as z from "./small-schema.ts";
