import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Sentence } from "@weft-nlp/core";
import type { FastifyReply } from "fastify";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import type { App } from "../http/app.ts";
import { requestScope } from "../http/request-scope.ts";
import type { CorpusIndex } from "./corpus-index.ts";
import { dataList, problemList, problemQuery, sentencePage, sentenceQuery } from "./data-schemas.ts";
import { shelvesOf } from "./shelves.ts";

/** How long a list waits for counts that are not there yet. */
const waitMs = 1200;

/** `/v1/data`: the annotated files that the server was started with, their sentences and what is wrong with them. */
export async function dataRoutes(app: App, { options }: ServerContext): Promise<void> {
  const { data: shelf } = shelvesOf(options);
  const params = z.object({ name: z.string() });
  app.get(
    "/v1/data",
    { schema: { tags: ["workspace"], summary: "the annotated files, with what they hold", response: { 200: dataList } } },
    async () => {
      const files = await shelf.files();
      const waiting = new AbortController();
      const counted = shelf.count(files).then(() => true);
      const inTime = sleep(waitMs, false, { signal: waiting.signal }).catch(() => false);
      const complete = await Promise.race([counted, inTime]);
      waiting.abort();
      return {
        shown: (options.data ?? []).length > 0,
        counting: !complete,
        files: files.map((file) => ({
          name: file.name,
          documents: file.documents ?? null,
          bytes: file.bytes,
          modified: file.modified.toISOString(),
          counts: shelf.countsOf(file) ?? null,
        })),
      };
    },
  );
  app.get(
    "/v1/data/:name/sentences",
    {
      schema: {
        tags: ["workspace"],
        summary: "a page of a file's sentences, narrowed by type, relation, overlap, length and words",
        params,
        querystring: sentenceQuery,
        response: { 200: sentencePage },
      },
    },
    async ({ params: { name }, query: { offset = 0, limit = 50, ...filter } }, reply) => {
      const index = await shelf.index(await shelf.find(name), whileWaited(reply));
      const matching = index.matching(filter);
      return {
        name,
        sentences: index.counts.sentences,
        matching: matching.length,
        offset,
        items: matching.slice(offset, offset + limit).map((place) => index.sentence(place)),
      };
    },
  );
  app.get(
    "/v1/data/:name/problems",
    {
      schema: {
        tags: ["workspace"],
        summary: "what weft data check finds in a file, alone or together with others",
        params,
        querystring: problemQuery,
        response: { 200: problemList },
      },
    },
    async ({ params: { name }, query }, reply) => {
      const names = [...new Set([name, ...[query.with ?? []].flat()])];
      const files = [];
      for (const each of names) files.push(await shelf.find(each));
      return shelf.problems(files, whileWaited(reply));
    },
  );
  app.get(
    "/v1/data/:name/statistics",
    { schema: { tags: ["workspace"], summary: "what weft data stats counts in a file", params } },
    async ({ params: { name } }, reply) => shelf.statistics(await shelf.find(name), whileWaited(reply)),
  );
  app.addHook("onClose", async () => shelf.close());
}

/** Reading a large file takes longer than any deadline of an extraction: it is done for as long as somebody waits for it. */
function whileWaited(reply: FastifyReply): AbortSignal {
  return requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY }).signal;
}

/** All of them unpacked, with a turn for other requests now and then. */
export async function sentencesOf(index: CorpusIndex): Promise<Sentence[]> {
  const sentences: Sentence[] = [];
  for (const { id, tokens, entities, relations } of index.sentences()) {
    sentences.push({ id, tokens, entities, relations });
    if (sentences.length % 1000 === 0) await nextTurn();
  }
  return sentences;
}
