import { createRequire } from "node:module";

/** The version of the command, from its package's manifest. */
export function commandVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)("../../package.json");
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}
