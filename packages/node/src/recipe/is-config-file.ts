import { stat } from "node:fs/promises";
import { readWholeText } from "../files/json-file.ts";
import { standardStream } from "../files/read-text.ts";
import { parseYaml } from "../files/yaml-source.ts";

/** Larger files are data. */
const maxConfigBytes = 1 << 20;

/**
 * Whether a path names a training configuration. Anything else is data, or missing. A name that
 * ends in `.yaml` or `.yml` is meant as one, whatever it holds.
 */
export async function isConfigFile(path: string): Promise<boolean> {
  if (path === standardStream || /\.ya?ml$/i.test(path)) return true;
  if (/\.(jsonl|gz)$/i.test(path)) return false;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > maxConfigBytes) return false;
  try {
    const { value } = parseYaml(await readWholeText(path, { maxBytes: maxConfigBytes }), path);
    return typeof mapIn(mapIn(value)?.["data"])?.["train"] === "string";
  } catch {
    return false;
  }
}

function mapIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
