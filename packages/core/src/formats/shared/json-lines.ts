import { asObject } from "../../json/fields.ts";
import { parseJson } from "../../json/json.ts";
import { readLines, type TextChunks } from "./lines.ts";
import type { JsonRecord } from "./records.ts";
import { type OnInvalid, unlessInvalid } from "./unless-invalid.ts";

/** The objects of a file with one per line; skips empty lines. */
export async function* readJsonLines(
  chunks: TextChunks,
  source: string | undefined,
  onInvalid?: OnInvalid,
): AsyncGenerator<JsonRecord> {
  let index = 0;
  for await (const { text, number } of readLines(chunks, source)) {
    if (!/\S/.test(text)) continue;
    const at = { source, line: number };
    const fields = unlessInvalid(() => asObject(parseJson(text, at), at, ""), onInvalid);
    if (fields !== undefined) yield { fields, at, index };
    index++;
  }
}

/**
 * The values on the first lines of a file, up to the first that is not JSON; used to recognise
 * formats.
 */
export function firstLineValues(beginning: string): readonly unknown[] {
  const values: unknown[] = [];
  for (const line of beginning.replace(/^\uFEFF/, "").split("\n", 100)) {
    if (!/\S/.test(line)) continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return values;
}
