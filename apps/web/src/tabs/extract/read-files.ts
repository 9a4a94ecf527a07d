import { textOfHtml } from "@weft-nlp/core/text";

/** A text from a file. */
export interface ReadText {
  readonly title: string;
  readonly text: string;
}

/** Files that the page reads, for the picker. */
export const readable = ".txt,.text,.md,.html,.htm,.xhtml,.pdf,.jsonl,.ndjson";

/** More documents than this belong into `weft extract`. */
const maxDocuments = 12;
const maxBytes = 20 << 20;

/**
 * The texts of dropped files: text, HTML, PDF, or JSON lines with `text` or `tokens`. They are read
 * in this page; nothing is sent.
 *
 * @throws {Error} naming the file, with a hint
 */
export async function readFiles(files: readonly File[]): Promise<ReadText[]> {
  const texts: ReadText[] = [];
  for (const file of files) {
    if (file.size > maxBytes) throw failure(file, "is larger than 20 MB", "extract from it with weft extract");
    texts.push(...(await textsOf(file)).filter(({ text }) => text.trim() !== ""));
  }
  const [first] = files;
  if (texts.length === 0 && first !== undefined)
    throw failure(first, "has no text", "a scanned PDF needs text recognition first");
  return texts.slice(0, maxDocuments);
}

async function textsOf(file: File): Promise<ReadText[]> {
  const ending = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  if (ending === "pdf" || file.type === "application/pdf") return [{ title: file.name, text: await pdfText(file) }];
  const content = decoded(await file.arrayBuffer());
  if (content.includes("\u0000")) throw failure(file, "is not text", "drop .txt, .md, .html, .pdf or .jsonl files");
  if (ending.endsWith("html") || ending === "htm") return [{ title: file.name, text: textOfHtml(content) }];
  if (ending === "jsonl" || ending === "ndjson") return recordTexts(file, content);
  return [{ title: file.name, text: content }];
}

/** UTF-8 or, for bytes that are not, Windows-1252, as in browsers. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function pdfText(file: File): Promise<string> {
  // More than a megabyte, so it is loaded with the first PDF.
  const { getDocumentProxy, extractText } = await import("unpdf");
  try {
    const pdf = await getDocumentProxy(new Uint8Array(await file.arrayBuffer()), { isEvalSupported: false, verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: false });
    return text.join("\n\n");
  } catch (cause) {
    throw failure(file, "cannot be read as a PDF", "open it in a viewer and save it again, without a password", cause);
  }
}

function recordTexts(file: File, content: string): ReadText[] {
  return content
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .slice(0, maxDocuments)
    .map(({ line, number }) => {
      const { id, text, tokens } = recordOf(file, line, number);
      const words = typeof text === "string" ? text : Array.isArray(tokens) ? tokens.join(" ") : undefined;
      if (words === undefined) {
        throw failure(file, `has neither text nor tokens in line ${number}`, 'write a record per line, such as {"text": "…"}');
      }
      return { title: typeof id === "string" ? `${file.name}: ${id}` : `${file.name}:${number}`, text: words };
    });
}

interface LineRecord {
  readonly id?: unknown;
  readonly text?: unknown;
  readonly tokens?: unknown;
}

function recordOf(file: File, line: string, number: number): LineRecord {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "string") return { text: value };
    return typeof value === "object" && value !== null ? value : {};
  } catch (cause) {
    throw failure(file, `is not JSON in line ${number}`, "every line of .jsonl is a JSON value of its own", cause);
  }
}

function failure({ name }: File, what: string, hint: string, cause?: unknown): Error {
  return Object.assign(new Error(`${name} ${what}`, { cause }), { hint });
}
