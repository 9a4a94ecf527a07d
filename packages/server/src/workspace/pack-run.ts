import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip, type Gzip } from "node:zlib";
import { FileError } from "@weft-nlp/node";

/** The files that a copy of a run needs; checkpoints are only for resuming the training. */
const parts = [
  "config.yaml",
  "report.json",
  "events.jsonl",
  "state.json",
  "tags.json",
  "loss.svg",
  "score.svg",
  "model",
] as const;
const blockBytes = 512;

/**
 * A run as a .tar.gz in which all files are in one folder: its model, configuration, report and
 * curves. `weft serve` reads the unpacked folder.
 *
 * @param name the name of the folder in the archive
 */
export async function packRun(folder: string, name: string): Promise<Gzip> {
  const files: string[] = [];
  for (const part of parts) files.push(...(await filesIn(folder, part)));
  const packed = Readable.from(archive(folder, name, files));
  const gzip = createGzip();
  packed.once("error", (error) => gzip.destroy(error));
  return packed.pipe(gzip);
}

/** The regular files at a path, relative to the folder; links are not followed. */
async function filesIn(folder: string, part: string): Promise<string[]> {
  const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) {
    const known = await stat(join(folder, part)).catch(() => undefined);
    return known?.isFile() === true ? [part] : [];
  }
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(...(await filesIn(folder, `${part}/${entry.name}`)));
    else if (entry.isFile()) found.push(`${part}/${entry.name}`);
  }
  return found;
}

async function* archive(folder: string, name: string, files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    const { size, mtimeMs } = await stat(join(folder, file));
    yield headerOf(`${name}/${file}`, size, Math.floor(mtimeMs / 1000));
    let sent = 0;
    if (size > 0) {
      for await (const chunk of createReadStream(join(folder, file), { end: size - 1 })) {
        sent += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
    }
    if (sent !== size) throw new FileError("FILE_UNUSABLE", { message: `${file} changed while it was read` });
    yield new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);
  }
  yield new Uint8Array(2 * blockBytes);
}

/**
 * The header of a file in an archive: POSIX.1-1988 (ustar). A path of up to 255 bytes is split at a
 * slash between its two fields.
 *
 * @param seconds when it was modified, since 1970
 */
function headerOf(path: string, size: number, seconds: number): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  const [prefix, name] = splitPath(path);
  const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, "0");
  header.write(name, 0, 100, "utf8");
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(seconds, 12), 136);
  // The checksum is computed with spaces in its place.
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  header.write(prefix, 345, 155, "utf8");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)}\u0000 `, 148);
  return header;
}

function splitPath(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ["", path];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return [prefix, name];
  }
  throw new FileError("FILE_UNUSABLE", { message: `the path ${path.slice(0, 60)}… is too long for an archive` });
}
