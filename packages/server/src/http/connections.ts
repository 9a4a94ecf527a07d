import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import type { App } from "./app.ts";

/** Answers that a connection still waits for. */
const answers = new WeakMap<Socket, Set<ServerResponse>>();
/** Requests that ask whether they may send their body, with their answer. */
const asking = new WeakMap<Readable, ServerResponse>();

/**
 * Takes no more connections than the limit says: one beyond it is closed before anything is read of
 * it, which costs next to nothing.
 *
 * @param onRefused called for each of those
 */
export function limitConnections({ server }: App, { connections }: Pick<Limits, "connections">, onRefused: () => void): void {
  if (connections === 0) return;
  server.maxConnections = connections;
  server.on("drop", onRefused);
}

/**
 * Keeps clients that are slow, broken or hostile from holding a connection, and what stands behind
 * it, for longer than the limits say.
 */
export function guardConnections(app: App, limits: Pick<Limits, "stalledMs" | "bodyMs">): void {
  app.addHook("onRequest", async ({ raw }, { raw: answer }) => {
    const { socket } = raw;
    const open = answers.get(socket) ?? new Set();
    answers.set(socket, open.add(answer));
    // Silence while the answer is being made is nobody's fault; of one that is not taken, nothing
    // more shall wait.
    socket.setTimeout(limits.stalledMs);
    answer.on("timeout", () => {
      if (socket.writableLength > 0) socket.destroy();
    });
    answer.once("close", () => {
      open.delete(answer);
      if (!raw.complete) awaitRest(raw, limits.bodyMs);
    });
    checkHost(raw);
  });
  app.server.on("checkContinue", (request: IncomingMessage, answer: ServerResponse) => {
    asking.set(request, answer);
    app.server.emit("request", request, answer);
  });
  app.server.on("checkExpectation", (_request: IncomingMessage, answer: ServerResponse) => {
    const body = bodyOf("REQUEST_INVALID", "the request expects what this server does not know");
    answer.writeHead(417, { "content-type": "application/json", "content-length": body.length, connection: "close" }).end(body);
  });
}

/**
 * Tells a client that asked (`Expect: 100-continue`) to send its body: not before it is clear that
 * somebody reads it.
 */
export function takeBody(body: Readable): void {
  asking.get(body)?.writeContinue();
  asking.delete(body);
}

/**
 * Bytes that are no HTTP get an answer all the same, behind those to the requests before them. For
 * fastify's handler of such errors.
 */
export function answerBadHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  const open = [...(answers.get(socket) ?? [])];
  // An answer that has begun while its request is broken cannot be ended well: bytes of another
  // would only look like a part of it.
  const begun = open.some(({ headersSent, req }) => headersSent && !req.complete);
  if (!socket.writable || error.code === "ECONNRESET" || begun) {
    socket.destroy();
    return;
  }
  const last = open.findLast(({ req }) => req.complete);
  if (last === undefined) refuse(error, socket);
  else last.once("close", () => refuse(error, socket));
}

function refuse(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable) return;
  const slow = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const large = error.code === "HPE_HEADER_OVERFLOW";
  const status = slow ? "408 Request Timeout" : large ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const code = slow ? "REQUEST_TOO_SLOW" : large ? "REQUEST_TOO_LARGE" : "REQUEST_INVALID";
  const message = slow ? "the request did not arrive in time" : large ? "the headers are too long" : "the request is not HTTP";
  const body = bodyOf(code, message);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function bodyOf(code: RequestError["code"], message: string): string {
  return JSON.stringify({ error: { code, message } });
}

/** What was refused or needed no body may still be sending one. */
function awaitRest(request: IncomingMessage, ms: number): void {
  const late = setTimeout(() => request.socket.destroy(), ms).unref();
  const done = (): void => clearTimeout(late);
  request.once("end", done).once("close", done);
}

/**
 * One host and no other: what reads the first of two and what reads the last would not speak of the
 * same request (RFC 9112, section 3.2).
 */
function checkHost({ headersDistinct, httpVersion }: IncomingMessage): void {
  const count = headersDistinct["host"]?.length ?? 0;
  if (count === 1 || (count === 0 && httpVersion === "1.0")) return;
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "host" },
    message: `the request names ${count} hosts in place of one`,
  });
}
