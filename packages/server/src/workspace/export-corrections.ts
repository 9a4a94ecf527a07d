import type { ExportedProject } from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { collectText, outputFormats } from "@weft-nlp/core/formats";
import { didYouMean } from "@weft-nlp/core/text";
import { RequestError } from "../errors.ts";

/**
 * @param name the name of the project, used for the files
 * @throws {RequestError} REQUEST_INVALID if there is no such format
 */
export async function exportCorrections(
  name: string,
  documents: readonly Document[],
  format = "jsonl",
): Promise<ExportedProject> {
  const writer = outputFormats.find(format);
  if (writer === undefined) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "querystring.format" },
      message: "unknown output format",
      hint: didYouMean(format, outputFormats.names) ?? `the formats are ${outputFormats.names.join(", ")}`,
    });
  }
  const { text, files, omissions } = await collectText(writer.write(documents));
  const main = writer.layout === "folder" ? [] : [{ name: `${name}${writer.extensions[0] ?? ".txt"}`, content: text }];
  const others = [...files].map(([file, content]) => ({ name: file.startsWith(".") ? `${name}${file}` : file, content }));
  return {
    format,
    sentences: documents.length,
    files: [...main, ...others],
    omissions: omissions.map(({ path, reason }) => (path === undefined ? reason : `${path}: ${reason}`)),
  };
}
