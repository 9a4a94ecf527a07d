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

/** Max wait of a list for counts that are not ready. */
const waitMs = 1200;

/** `/v1/data`: the server's annotated files, their sentences and their problems. */
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
 * Reading a large file may exceed any extraction deadline, so it continues for as long as the
 * client waits.
 */
function whileWaited(reply: FastifyReply): AbortSignal {
  return requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY }).signal;
}

/** Unpacks all sentences, with regular turns for other requests. */
export async function sentencesOf(index: CorpusIndex): Promise<Sentence[]> {
  const sentences: Sentence[] = [];
  for (const { id, tokens, entities, relations } of index.sentences()) {
    sentences.push({ id, tokens, entities, relations });
    if (sentences.length % 1000 === 0) await nextTurn();
  }
  return sentences;
}
