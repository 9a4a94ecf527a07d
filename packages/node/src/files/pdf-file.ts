import type * as unpdf from "unpdf";
import { FileError } from "../errors.ts";
import { sourceName } from "./read-text.ts";
import { type ReadBytesOptions, readWholeFile } from "./whole-file.ts";

/**
 * The text of a PDF file, page after page, with its lines as they are printed. A page that is only
 * a picture has none.
 *
 * @throws {FileError} PACKAGE_MISSING if the package `unpdf`, which reads it, is not installed;
 *   PDF_INVALID if the file is damaged or needs a password
 */
export async function readPdfFile(path: string, options: ReadBytesOptions = {}): Promise<string> {
  const bytes = await readWholeFile(path, options);
  const { getDocumentProxy, extractText } = await loadReader(path);
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: false });
    await pdf.loadingTask.destroy();
    return text.map((page) => page.replace(/[^\S\n]+$/gm, "")).join("\n");
  } catch (cause) {
    throw new FileError("PDF_INVALID", {
      at: { source: sourceName(path) },
      message: `the PDF cannot be read: ${cause instanceof Error ? cause.message : "unknown fault"}`,
      hint: "open it in a viewer and save it again, without a password",
      cause,
    });
  }
}

async function loadReader(path: string): Promise<typeof unpdf> {
  try {
    return await import("unpdf");
  } catch (cause) {
    throw new FileError("PACKAGE_MISSING", {
      at: { source: sourceName(path) },
      message: "reading PDF needs the package unpdf",
      hint: "npm install unpdf",
      cause,
    });
  }
}
