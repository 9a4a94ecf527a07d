import { Readable } from "node:stream";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { type DocumentRequest, type Extraction, type ExtractOptions, ndjsonType } from "@weft-nlp/api";
import { contracts, documentRequest, type streamOptions, textRequest } from "@weft-nlp/api/contracts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type * as z from "zod";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import { extractTexts } from "../extraction/extract-texts.ts";
import {
  type ExtractRequest,
  extractionOf,
  type ReadRequest,
  readDocumentRequest,
  textsOf,
  unitsOf,
} from "../extraction/extraction.ts";
import { checkGivenEntities, PairCounter } from "../extraction/given-entities.ts";
import type { ModelLease, ServedModel } from "../extraction/model-registry.ts";
import type { Accepted } from "../extraction/workload.ts";
import type { App } from "../http/app.ts";
import { requestFault } from "../http/check-request.ts";
import { takeBody } from "../http/connections.ts";
import { endpoint } from "../http/endpoint.ts";
import { type ErrorReply, errorReply } from "../http/error-reply.ts";
import { inOrder } from "../http/in-order.ts";
import { parseRequestJson, refuseEncoded } from "../http/json-body.ts";
import { lineTooLong, NdjsonBody, type NdjsonLine, ndjsonLines } from "../http/ndjson.ts";
import { requestScope } from "../http/request-scope.ts";
import { firstTurn } from "../http/turns.ts";
import type { Limits } from "../options.ts";

type StreamOptions = z.output<typeof streamOptions>;

const tracer = trace.getTracer("weft");

/** `POST /v1/extract`: entities and relations of one text, several, or a stream. */
export async function extractRoutes(app: App, context: ServerContext): Promise<void> {
  app.addContentTypeParser(ndjsonType, async ({ headers }: FastifyRequest, body: Readable) => {
    refuseEncoded(headers);
    takeBody(body);
    return new NdjsonBody(body);
  });
  app.route({
    ...endpoint(contracts.extract),
    handler: async (request, reply) => {
      const { query } = request;
      const body: ExtractRequest | NdjsonBody = request.body;
      if (body instanceof NdjsonBody) return answerStream(context, request, reply, body.stream, query);
      const [unexpected] = Object.keys(query);
      if (unexpected === undefined) return answerTexts(context, reply, body);
      throw new RequestError("REQUEST_INVALID", {
        at: { path: `querystring.${unexpected.slice(0, 60)}` },
        message: "options of a JSON request belong in its body",
        hint: `only streams (${ndjsonType}) take options in the query`,
      });
    },
  });
}

async function answerTexts(
  context: ServerContext,
  reply: FastifyReply,
  body: ExtractRequest,
): Promise<Extraction | { documents: Extraction[] }> {
  const { registry, limits, metrics } = context;
  const { texts, many } = textsOf(body, limits);
  const scope = requestScope(reply, limits, body.timeoutMs);
  const lease = registry.lease(body.model);
  const { name, batcher } = lease.served;
  const span = tracer.startSpan("weft.extract", { attributes: { "weft.model": name, "weft.texts": texts.length } });
  let accepted: Accepted | undefined;
  try {
    accepted = batcher.accept(unitsOf(texts), scope.deadline);
    await firstTurn();
    const found: Extraction[] = [];
    const read = readTexts(lease.served, texts, many, body, limits);
    for await (const result of extractTexts(lease.served, read, body, { ...scope, accepted })) {
      found.push(extractionOf(result));
      metrics.onText(name, "ok");
    }
    return many ? { documents: found } : (found[0] as Extraction);
  } catch (error) {
    const { code } = errorReply(error).body.error;
    metrics.onText(name, code);
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    throw error;
  } finally {
    if (accepted !== undefined) batcher.release(accepted);
    span.end();
    lease.release();
  }
}

/**
 * Reads the texts of a request, each when its turn comes. Not a closure, for the same reason as in
 * `extractTexts`.
 */
function* readTexts(
  served: ServedModel,
  texts: readonly (string | DocumentRequest)[],
  many: boolean,
  options: ExtractOptions,
  limits: Limits,
): Generator<ReadRequest> {
  const pairs = new PairCounter(options, limits);
  for (const [index, text] of texts.entries()) {
    const path = many ? `documents[${index}]` : "";
    const read = readDocumentRequest(text, path, options, limits, served.extractor.model.description.text);
    const given = checkGivenEntities(served, text, read, path, pairs);
    served.batcher.noteText(unitsOf([text]), given.document.tokens.length);
    yield given;
  }
}

function answerStream(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Readable,
  options: StreamOptions,
): FastifyReply {
  const { registry, limits } = context;
  const scope = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
  const lease = registry.lease(options.model);
  const span = tracer.startSpan("weft.extract", { attributes: { "weft.model": lease.served.name, "weft.stream": true } });
  const lines = async function* (): AsyncGenerator<string> {
    try {
      const work = async (line: NdjsonLine): Promise<string> => answerLine(context, request, lease, line, options, scope.signal);
      yield* inOrder(ndjsonLines(body, limits), work, limits.streamWindow);
    } catch (error) {
      // The status has been sent already, so the last line reports the error.
      if (!scope.signal.aborted) yield `${JSON.stringify(replyTo(error, request).body)}\n`;
      span.setStatus({ code: SpanStatusCode.ERROR });
      reply.raw.once("finish", () => body.destroy());
    } finally {
      span.end();
      lease.release();
    }
  };
  try {
    lease.served.batcher.checkRoom(1, performance.now() + limits.deadlineMs);
  } catch (error) {
    span.end();
    lease.release();
    throw error;
  }
  return reply.type(`${ndjsonType}; charset=utf-8`).send(Readable.from(lines()));
}

async function answerLine(
  { limits, metrics }: ServerContext,
  request: FastifyRequest,
  { served }: ModelLease,
  { line, bytes }: NdjsonLine,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<string> {
  let id: string | undefined;
  try {
    if (bytes === undefined) throw lineTooLong(limits.lineBytes);
    const checked = textRequest.safeParse(parseRequestJson(bytes, line));
    if (!checked.success) throw requestFault(checked.error, "", documentRequest);
    if (typeof checked.data !== "string") ({ id } = checked.data);
    const given = readDocumentRequest(checked.data, "", options, limits, served.extractor.model.description.text);
    const read = checkGivenEntities(served, checked.data, given, "", new PairCounter(options, limits));
    const deadline = performance.now() + Math.min(limits.deadlineMs, options.timeoutMs ?? limits.deadlineMs);
    for await (const result of extractTexts(served, [read], options, { deadline, signal, patient: true })) {
      metrics.onText(served.name, "ok");
      return `${JSON.stringify(extractionOf(result))}\n`;
    }
    throw new RangeError("expected one document for one text");
  } catch (error) {
    const { body } = replyTo(error, request);
    metrics.onText(served.name, body.error.code);
    return `${JSON.stringify({ line, ...(id === undefined ? {} : { id }), ...body })}\n`;
  }
}

/** The line for an error in a stream that has begun; foreign errors go into the log. */
function replyTo(error: unknown, request: FastifyRequest): ErrorReply {
  const answer = errorReply(error);
  if (answer.status === 500) request.log.error({ err: error }, "a request failed with an internal error");
  return answer;
}
