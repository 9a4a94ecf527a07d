import type { TripleFormatEntry } from "@weft-nlp/api";
import type { Document } from "@weft-nlp/core";
import { collectText, type OutputFormat, outputFormats, recordOf } from "@weft-nlp/core/formats";
import { collectTriples, portableTripleFormats, type TripleFormat } from "@weft-nlp/core/triples";
import { call, send } from "../../server-requests.ts";

/** A format for copying or downloading results. */
export interface ExportFormat {
  readonly name: string;
  readonly title: string;
  readonly group: "Relations" | "Annotation";
  readonly extension: string;
  readonly mediaType: string;
  /** Whether the server writes it, which sends the text there. */
  readonly remote: boolean;
  write(document: Document): Promise<Exported>;
}

export interface Exported {
  /** By file name; a single file has the name "". */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Descriptions of what the format cannot hold. */
  readonly omissions: readonly string[];
}

/** The formats that the page can write, in the order of the tables. */
export const exportFormats: readonly ExportFormat[] = [
  ...Object.values<TripleFormat>(portableTripleFormats).map(ofTriples),
  ...[...outputFormats].filter(({ name, layout }) => name !== "jsonl" && layout !== "folder").map(ofAnnotation),
];

/** The formats that only the server can write; none if the page has no server. */
export async function serverFormats(): Promise<readonly ExportFormat[]> {
  try {
    const { formats } = await call("tripleFormats");
    return formats.filter(({ name }) => !Object.hasOwn(portableTripleFormats, name)).map(ofServer);
  } catch {
    return [];
  }
}

function ofServer({ name, title, extension, mediaType }: TripleFormatEntry): ExportFormat {
  return {
    name,
    title,
    group: "Relations",
    extension,
    mediaType,
    remote: true,
    write: async (document) => {
      const answer = await send("writeTriples", { body: { format: name, documents: [{ ...recordOf(document) }] } });
      return { files: new Map([["", new Uint8Array(await answer.arrayBuffer())]]), omissions: [] };
    },
  };
}

function ofTriples(format: TripleFormat): ExportFormat {
  return {
    name: format.name,
    title: format.title,
    group: "Relations",
    extension: format.extension,
    mediaType: format.mediaType,
    remote: false,
    write: async (document) => {
      const { main, files } = await collectTriples(format, [document]);
      return { files: files.size === 0 ? new Map([["", main]]) : files, omissions: [] };
    },
  };
}

function ofAnnotation(format: OutputFormat): ExportFormat {
  return {
    name: `annotation-${format.name}`,
    title: format.title,
    group: "Annotation",
    extension: format.extensions[0] ?? ".txt",
    mediaType: "text/plain",
    remote: false,
    write: async (document) => {
      const { text, files, omissions } = await collectText(format.write([document]));
      const encoder = new TextEncoder();
      const all = [["", text] as const, ...files].map(([file, content]) => [file, encoder.encode(content)] as const);
      return {
        files: new Map(all),
        omissions: omissions.map(({ path, reason }) => (path === undefined ? reason : `${path}: ${reason}`)),
      };
    },
  };
}
