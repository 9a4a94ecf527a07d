import type { FastifyReply } from "fastify";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { errorReply } from "../http/error-reply.ts";
import { requestScope } from "../http/request-scope.ts";
import { type CorrectionProject, sentenceUnknown } from "./correction-project.ts";
import {
  correctionSentence,
  exportAnswer,
  exportQuery,
  pageQuery,
  projectChange,
  projectEntry,
  projectList,
  projectPage,
  projectRequest,
  removedProject,
  sentenceEdit,
  sentencesAnswer,
  sentencesRequest,
  trainRequest,
  trainState,
} from "./correction-schemas.ts";
import { CorrectionStore } from "./correction-store.ts";
import { CorrectionTraining } from "./correction-training.ts";
import { exportCorrections } from "./export-corrections.ts";

const tags = ["corrections"];
const byName = z.object({ name: z.string().max(200) });
const bySentence = byName.extend({
  id: z
    .string()
    .regex(/^\d{1,9}$/, "expected a number")
    .meta({ type: "integer" })
    .transform(Number),
});

/** `/v1/corrections`: sentences with what a model suggests, what people make of it, and training on that. */
export async function correctionRoutes(app: App, context: ServerContext): Promise<void> {
  const { options } = context;
  const opened = options.corrections === undefined ? undefined : new CorrectionStore(options.corrections, context);
  const store = (): CorrectionStore => opened ?? refuse("without a folder for corrections", "--corrections FOLDER");
  const trainer = trainerOf(context);
  const training = (): CorrectionTraining =>
    trainer ?? refuse("without permission to train", "--allow-training, --corrections FOLDER and --runs FOLDER");
  const whileIdle = async <Moved>(project: CorrectionProject, move: () => Promise<Moved>): Promise<Moved> =>
    trainer === undefined ? move() : trainer.whileIdle(project, move);
  app.addHook("onClose", async () => trainer?.close());

  app.get(
    "/v1/corrections",
    { schema: { tags, summary: "the correction projects", response: { 200: projectList } } },
    async () => ({
      projects: (await store().list()).map((project) => project.entry()),
      data: (options.data ?? []).length > 0,
      training: trainer !== undefined,
    }),
  );
  app.post(
    "/v1/corrections",
    {
      schema: {
        tags,
        summary: "makes a correction project",
        description:
          "Of texts, of an annotated file of the server's data folder, or of a result of /v1/extract: one of the three.",
        body: projectRequest,
        response: { 201: projectEntry },
      },
    },
    async ({ body }, reply) => {
      const { signal } = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      return reply.code(201).send((await store().create(body, signal)).entry());
    },
  );
  app.get(
    "/v1/corrections/:name",
    {
      schema: {
        tags,
        summary: "some sentences of a project",
        params: byName,
        querystring: pageQuery,
        response: { 200: projectPage },
      },
    },
    async ({ params, query: { offset = 0, limit = 50, sort = "order" } }) => {
      const project = await store().find(params.name);
      const order = project.order(sort);
      const first = order.findIndex((id) => !project.isDone(id));
      const page = order.slice(offset, offset + limit).flatMap((id) => project.sentence(id) ?? []);
      return { ...project.entry(), offset, firstOpen: first === -1 ? null : first, page };
    },
  );
  app.patch(
    "/v1/corrections/:name",
    {
      schema: {
        tags,
        summary: "gives a project another name",
        description:
          "The header If-Match names the revision of the project. Where it has changed since, the answer is 412 with the project in " +
          "`project`, and nothing is changed.",
        params: byName,
        body: projectChange,
        response: { 200: projectEntry },
      },
    },
    async ({ params, headers, body }, reply) => {
      const project = await store().find(params.name);
      const revision = revisionOf(headers["if-match"]);
      const renamed = await whileIdle(project, async () => store().rename(project, revision, body.name));
      return renamed?.entry() ?? answerConflict(reply, "this project", { project: project.entry() });
    },
  );
  app.delete(
    "/v1/corrections/:name",
    {
      schema: {
        tags,
        summary: "takes a project away",
        description:
          "The header If-Match names the revision of the project. Where it has changed since, the answer is 412 with the project in " +
          "`project`, and nothing is changed. The files are moved aside, into the folder .trash among the projects.",
        params: byName,
        response: { 200: removedProject },
      },
    },
    async ({ params, headers }, reply) => {
      const project = await store().find(params.name);
      const revision = revisionOf(headers["if-match"]);
      const kept = await whileIdle(project, async () => store().remove(project, revision));
      if (kept !== undefined) return { name: project.head.name, kept };
      return answerConflict(reply, "this project", { project: project.entry() });
    },
  );
  app.post(
    "/v1/corrections/:name/sentences",
    {
      schema: {
        tags,
        summary: "puts more sentences behind those of a project",
        description:
          "Of texts, of an annotated file of the server's data folder, or of a result of /v1/extract: one of the three.",
        params: byName,
        body: sentencesRequest,
        response: { 201: sentencesAnswer },
      },
    },
    async ({ params, body }, reply) => {
      const project = await store().find(params.name);
      const { signal } = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      const first = await store().add(project, body, signal);
      return reply.code(201).send({ ...project.entry(), first });
    },
  );
  app.get(
    "/v1/corrections/:name/sentences/:id",
    { schema: { tags, summary: "one sentence as it stands", params: bySentence, response: { 200: correctionSentence } } },
    async ({ params }, reply) => {
      const sentence = (await store().find(params.name)).sentence(params.id);
      if (sentence === undefined) throw sentenceUnknown(params.id);
      return reply.header("etag", `"${sentence.revision}"`).send(sentence);
    },
  );
  app.put(
    "/v1/corrections/:name/sentences/:id",
    {
      schema: {
        tags,
        summary: "saves what a person says of a sentence",
        description:
          "The header If-Match names the revision that was changed. Where another one is there by now, the answer is 412 with that " +
          "sentence in `sentence`, and nothing is changed. An answer means that the change is on disk.",
        params: bySentence,
        body: sentenceEdit,
        response: { 200: correctionSentence },
      },
    },
    async ({ params, body, headers }, reply) => {
      const project = await store().find(params.name);
      const { taken, sentence } = await project.save(params.id, revisionOf(headers["if-match"]), body);
      reply.header("etag", `"${sentence.revision}"`);
      return taken ? reply.send(sentence) : answerConflict(reply, "this sentence", { sentence });
    },
  );
  app.get(
    "/v1/corrections/:name/export",
    {
      schema: {
        tags,
        summary: "the corrected sentences in an annotation format",
        params: byName,
        querystring: exportQuery,
        response: { 200: exportAnswer },
      },
    },
    async ({ params, query: { format, which = "done" } }) => {
      const project = await store().find(params.name);
      return exportCorrections(project.head.name, project.documents(which), format);
    },
  );
  app.post(
    "/v1/corrections/:name/train",
    {
      schema: {
        tags,
        summary: "trains a model on the sentences that are done",
        description:
          "Only where the server was started with --allow-training. One training at a time; its run appears among the server's runs.",
        params: byName,
        body: trainRequest,
        response: { 202: trainState },
      },
    },
    async ({ params, body }, reply) => {
      const trains = training();
      return reply.code(202).send(await trains.start(await store().find(params.name), body));
    },
  );
  app.get(
    "/v1/corrections/:name/train",
    { schema: { tags, summary: "how the last training of a project stands", params: byName, response: { 200: trainState } } },
    async ({ params }) => {
      const project = await store().find(params.name);
      return trainer === undefined ? { state: "none" as const } : trainer.state(project);
    },
  );
  app.delete(
    "/v1/corrections/:name/train",
    { schema: { tags, summary: "stops the training; its run can be resumed", params: byName, response: { 200: trainState } } },
    async ({ params }) => {
      const project = await store().find(params.name);
      await training().stop(project);
      return training().state(project);
    },
  );
}

function trainerOf({ options: { corrections, runs, allowTraining } }: ServerContext): CorrectionTraining | undefined {
  return allowTraining === true && corrections !== undefined && runs !== undefined
    ? new CorrectionTraining(corrections, runs)
    : undefined;
}

function refuse(without: string, options: string): never {
  throw new RequestError("NOT_ALLOWED", { message: `this server was started ${without}`, hint: `start it with ${options}` });
}

/** @throws {RequestError} where the header is absent: a save that asks for no revision could undo another's work without a word */
function revisionOf(header: string | undefined): number {
  const [, revision] = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header?.trim() ?? "") ?? [];
  if (revision !== undefined) return Number(revision);
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "if-match" },
    message: "the header If-Match is missing, or is no revision",
    hint: 'send the revision that was changed: If-Match: "3"',
  });
}

/** @param now what is there, under its name in the answer */
function answerConflict(
  reply: FastifyReply,
  what: string,
  now: Readonly<Record<string, { readonly revision: number }>>,
): FastifyReply {
  const [{ revision } = { revision: 0 }] = Object.values(now);
  const { status, body } = errorReply(
    new RequestError("CORRECTION_CONFLICT", {
      message: `${what} has changed since; it is at revision ${revision}`,
      hint: "look at both, and send what is right with that revision",
    }),
  );
  return reply.code(status).send({ ...body, ...now });
}
