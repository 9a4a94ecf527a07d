import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { IndexedSentence } from "@weft-nlp/api";
import { contracts } from "@weft-nlp/api/contracts";
import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import type { FastifyReply } from "fastify";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { requestScope } from "../http/request-scope.ts";
import type { CorpusIndex, PackedSentence } from "./corpus-index.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

/** How long a list waits for counts that are not there yet. */
const waitMs = 1200;

/**
 * `/v1/data`: the annotated files that the server was started with, their sentences and what is
 * wrong with them.
 */
export async function dataRoutes(app: App, { workspace, data: shelf }: WorkspaceContext): Promise<void> {
  app.route({
    ...endpoint(contracts.data),
    handler: async () => {
      const files = await shelf.files();
      const waiting = new AbortController();
      const counted = shelf.count(files).then(() => true);
      const inTime = sleep(waitMs, false, { signal: waiting.signal }).catch(() => false);
      const complete = await Promise.race([counted, inTime]);
      waiting.abort();
      return {
        shown: (workspace.data ?? []).length > 0,
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
  });
  app.route({
    ...endpoint(contracts.dataSentences),
    handler: async ({ params: { name }, query: { offset = 0, limit = 50, ...filter } }, reply) => {
      const index = await shelf.index(await shelf.find(name), whileWaited(reply));
      const matching = index.matching(filter);
      return {
        name,
        sentences: index.counts.sentences,
        matching: matching.length,
        offset,
        items: matching.slice(offset, offset + limit).map((place) => itemOf(index.sentence(place))),
      };
    },
  });
  app.route({
    ...endpoint(contracts.dataProblems),
    handler: async ({ params: { name }, query }, reply) => {
      const names = [...new Set([name, ...[query.with ?? []].flat()])];
      const files = [];
      for (const each of names) files.push(await shelf.find(each));
      return shelf.problems(files, whileWaited(reply));
    },
  });
  app.route({
    ...endpoint(contracts.dataStatistics),
    handler: async ({ params: { name } }, reply) => shelf.statistics(await shelf.find(name), whileWaited(reply)),
  });
  app.addHook("onClose", async () => shelf.close());
}

function itemOf({ index, line, overlap, ...sentence }: PackedSentence): IndexedSentence {
  return { index, line, overlap, document: recordOf(documentFromSentence(sentence)) };
}

/**
 * Reading a large file takes longer than any deadline of an extraction: it is done for as long as
 * somebody waits for it.
 */
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
