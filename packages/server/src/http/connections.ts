import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isInjection } from "light-my-request";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import type { App } from "./app.ts";
import { problem, problemType } from "./problem.ts";
import { noteConnection } from "./turns.ts";

/** The pending answers of a connection. */
const answers = new WeakMap<Socket, Set<ServerResponse>>();
/** Requests that wait for leave to send their body, with their answers. */
const asking = new WeakMap<Readable, ServerResponse>();

/**
 * Limits the open connections. One beyond the limit is closed unread, which costs next to nothing.
 *
 * @param onRefused called for each refused connection
 */
export function limitConnections({ server }: App, { connections }: Pick<Limits, "connections">, onRefused: () => void): void {
  if (connections === 0) return;
  server.maxConnections = connections;
  server.on("drop", onRefused);
}

/**
 * Keeps slow, broken or hostile clients from holding a connection and its resources for longer than
 * the limits allow.
 */
export function guardConnections(app: App, limits: Pick<Limits, "stalledMs" | "bodyMs">): void {
  app.server.on("connection", noteConnection);
  app.addHook("onRequest", async ({ raw }, { raw: answer }) => {
    // A request that the server makes to itself has no connection.
    if (isInjection(raw)) return;
    const { socket } = raw;
    const open = answers.get(socket) ?? new Set();
    answers.set(socket, open.add(answer));
    // Silence while the answer is being computed is fine; a client that does not read its answer is
    // cut off.
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
    const body = bodyOf(417, "REQUEST_INVALID", "the server does not support the request's Expect header");
    answer.writeHead(417, { "content-type": problemType, "content-length": body.length, connection: "close" }).end(body);
  });
}

/** Answers `Expect: 100-continue`, once it is clear that the body will be read. */
export function takeBody(body: Readable): void {
  asking.get(body)?.writeContinue();
  asking.delete(body);
}

/**
 * Fastify's handler of client errors: bytes that are not HTTP get an answer too, after those to
 * earlier requests.
 */
export function answerBadHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  const open = [...(answers.get(socket) ?? [])];
  // An answer that has begun before its request broke cannot be completed: another answer's bytes
  // would look like part of it.
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
  const status = slow ? 408 : large ? 431 : 400;
  const code = slow ? "REQUEST_TOO_SLOW" : large ? "REQUEST_TOO_LARGE" : "REQUEST_INVALID";
  const message = slow ? "the request did not arrive in time" : large ? "the headers are too long" : "the request is not HTTP";
  const body = bodyOf(status, code, message);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-type: ${problemType}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function bodyOf(status: number, code: RequestError["code"], message: string): string {
  return JSON.stringify(problem({ status, body: { error: { code, message } } }));
}

/** A refused request, or one that needs no body, may still be sending one. */
function awaitRest(request: IncomingMessage, ms: number): void {
  const late = setTimeout(() => request.socket.destroy(), ms).unref();
  const done = (): void => clearTimeout(late);
  request.once("end", done).once("close", done);
}

/**
 * Requires exactly one Host header. With two, programs that read the first and those that read the
 * last would see different requests (RFC 9112, section 3.2).
 */
function checkHost({ headersDistinct, httpVersion }: IncomingMessage): void {
  const count = headersDistinct["host"]?.length ?? 0;
  if (count === 1 || (count === 0 && httpVersion === "1.0")) return;
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "host" },
    message: `the request has ${count} Host headers; expected one`,
  });
}
