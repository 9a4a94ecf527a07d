import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A hub on this machine that serves the files of encoders, with ranges, as the public one does. */
export interface HubServer {
  readonly address: string;
  /** Requests so far, as method, path and range. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** What the hub does to a request instead of answering it well. */
export type Mischief = (path: string, request: IncomingMessage, response: ServerResponse, body: Uint8Array) => boolean;

/**
 * @param files the content of each path after the address, such as
 *   `/owner/model/resolve/main/config.json`
 * @param mischief returns true if it has answered
 */
export async function hubServer(files: ReadonlyMap<string, Uint8Array>, mischief: Mischief = () => false): Promise<HubServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace(/\?.*$/, ""));
    const { range } = request.headers;
    requests.push(`${request.method} ${path}${range === undefined ? "" : ` ${range}`}`);
    const body = files.get(path);
    if (body === undefined) return void response.writeHead(404).end("no such file");
    if (mischief(path, request, response, body)) return;
    const hash = createHash("sha256").update(body).digest("hex");
    const headers = { etag: `"${hash}"`, "x-linked-etag": `"${hash}"` };
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const same = request.headers["if-range"] === undefined || request.headers["if-range"] === headers.etag;
    if (start > 0 && start >= body.length && same) return void response.writeHead(416).end();
    if (start > 0 && same) {
      const placed = { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` };
      return void response
        .writeHead(206, { ...headers, ...placed, "content-length": body.length - start })
        .end(body.subarray(start));
    }
    response.writeHead(200, { ...headers, "content-length": body.length }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The paths of an encoder's files on a hub. */
export function hubFiles(name: string, files: object, revision = "main"): Map<string, Uint8Array> {
  return new Map(Object.entries(files).map(([file, bytes]) => [`/${name}/resolve/${revision}/${file}`, bytes as Uint8Array]));
}
