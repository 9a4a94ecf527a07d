import { contracts } from "@weft-nlp/api/contracts";
import type { FastifyReply } from "fastify";
import { RequestError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { endpoint } from "../http/endpoint.ts";
import { errorReply } from "../http/error-reply.ts";
import { problem, problemType } from "../http/problem.ts";
import { requestScope } from "../http/request-scope.ts";
import { type CorrectionProject, sentenceUnknown } from "./correction-project.ts";
import { CorrectionStore } from "./correction-store.ts";
import { CorrectionTraining } from "./correction-training.ts";
import { exportCorrections } from "./export-corrections.ts";
import { devDataOf } from "./run-dev-data.ts";
import type { WorkspaceContext } from "./workspace-context.ts";

/**
 * `/v1/corrections`: sentences with a model's suggestions, their corrections, and training on
 * those.
 */
export async function correctionRoutes(app: App, context: WorkspaceContext): Promise<void> {
  const { workspace } = context;
  const opened = workspace.corrections === undefined ? undefined : new CorrectionStore(workspace.corrections, context);
  const store = (): CorrectionStore => opened ?? refuse("without a folder for corrections", "--corrections FOLDER");
  const trainer = trainerOf(context);
  const training = (): CorrectionTraining =>
    trainer ?? refuse("without permission to train", "--allow-training, --corrections FOLDER and --runs FOLDER");
  const whileIdle = async <Moved>(project: CorrectionProject, move: () => Promise<Moved>): Promise<Moved> =>
    trainer === undefined ? move() : trainer.whileIdle(project, move);
  app.addHook("onClose", async () => trainer?.close());

  app.route({
    ...endpoint(contracts.projects),
    handler: async () => ({
      projects: (await store().list()).map((project) => project.entry()),
      data: (workspace.data ?? []).length > 0,
      training: trainer !== undefined,
    }),
  });
  app.route({
    ...endpoint(contracts.createProject),
    handler: async ({ body }, reply) => {
      const { signal } = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      return reply.code(201).send((await store().create(body, signal)).entry());
    },
  });
  app.route({
    ...endpoint(contracts.project),
    handler: async ({ params, query: { offset = 0, limit = 50, sort = "order" } }) => {
      const project = await store().find(params.name);
      const order = project.order(sort);
      const first = order.findIndex((id) => !project.isDone(id));
      const page = order.slice(offset, offset + limit).flatMap((id) => project.sentence(id) ?? []);
      return { ...project.entry(), offset, firstOpen: first === -1 ? null : first, page };
    },
  });
  app.route({
    ...endpoint(contracts.renameProject),
    handler: async ({ params, headers, body }, reply) => {
      const project = await store().find(params.name);
      const revision = revisionOf(headers["if-match"]);
      const renamed = await whileIdle(project, async () => store().rename(project, revision, body.name));
      return renamed?.entry() ?? answerConflict(reply, "this project", { project: project.entry() });
    },
  });
  app.route({
    ...endpoint(contracts.removeProject),
    handler: async ({ params, headers }, reply) => {
      const project = await store().find(params.name);
      const revision = revisionOf(headers["if-match"]);
      const kept = await whileIdle(project, async () => store().remove(project, revision));
      if (kept !== undefined) return { name: project.head.name, kept };
      return answerConflict(reply, "this project", { project: project.entry() });
    },
  });
  app.route({
    ...endpoint(contracts.addSentences),
    handler: async ({ params, body }, reply) => {
      const project = await store().find(params.name);
      const { signal } = requestScope(reply, { deadlineMs: Number.POSITIVE_INFINITY });
      const first = await store().add(project, body, signal);
      return reply.code(201).send({ ...project.entry(), first });
    },
  });
  app.route({
    ...endpoint(contracts.sentence),
    handler: async ({ params }, reply) => {
      const sentence = (await store().find(params.name)).sentence(params.id);
      if (sentence === undefined) throw sentenceUnknown(params.id);
      return reply.header("etag", `"${sentence.revision}"`).send(sentence);
    },
  });
  app.route({
    ...endpoint(contracts.saveSentence),
    handler: async ({ params, body, headers }, reply) => {
      const project = await store().find(params.name);
      const { taken, sentence } = await project.save(params.id, revisionOf(headers["if-match"]), body);
      reply.header("etag", `"${sentence.revision}"`);
      return taken ? reply.send(sentence) : answerConflict(reply, "this sentence", { sentence });
    },
  });
  app.route({
    ...endpoint(contracts.exportProject),
    handler: async ({ params, query: { format, which = "done" } }) => {
      const project = await store().find(params.name);
      return exportCorrections(project.head.name, project.documents(which), format);
    },
  });
  app.route({
    ...endpoint(contracts.startTraining),
    handler: async ({ params, body }, reply) => {
      const trains = training();
      return reply.code(202).send(await trains.start(await store().find(params.name), body));
    },
  });
  app.route({
    ...endpoint(contracts.training),
    handler: async ({ params }) => {
      const project = await store().find(params.name);
      return trainer === undefined ? { state: "none" as const } : trainer.state(project);
    },
  });
  app.route({
    ...endpoint(contracts.stopTraining),
    handler: async ({ params }) => {
      const project = await store().find(params.name);
      await training().stop(project);
      return training().state(project);
    },
  });
  app.route({
    ...endpoint(contracts.trainingVerdict),
    handler: async ({ params }) => {
      const { run, folder, model } = await training().compared(await store().find(params.name));
      const first = { name: model.before, folder: model.folder };
      const compared = await context.comparer.compare(first, { name: run, folder }, devDataOf(run, folder));
      const { items: _, first: __, second: ___, data: ____, ...verdict } = compared;
      const now = context.registry.list().find(({ name }) => name === model.name);
      return {
        ...verdict,
        run,
        model: model.name,
        before: model.before,
        served: now !== undefined && context.servedRuns.runOf(now.folder) === run,
      };
    },
  });
}

function trainerOf(context: WorkspaceContext): CorrectionTraining | undefined {
  const { workspace, runs: shelf, registry, servedRuns } = context;
  const { corrections, runs, trainingCommand } = workspace;
  if (trainingCommand === undefined || corrections === undefined || runs === undefined) return undefined;
  return new CorrectionTraining(corrections, runs, trainingCommand, shelf, {
    find: (name) => {
      const lease = registry.lease(name);
      lease.release();
      return lease.served;
    },
    nameOf: ({ folder }) => servedRuns.nameOf(folder),
  });
}

function refuse(without: string, options: string): never {
  throw new RequestError("NOT_ALLOWED", { message: `this server was started ${without}`, hint: `start it with ${options}` });
}

/**
 * @throws {RequestError} if the header is absent: a save without a revision could silently undo
 *   another person's work
 */
function revisionOf(header: string | undefined): number {
  const [, revision] = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header?.trim() ?? "") ?? [];
  if (revision !== undefined) return Number(revision);
  throw new RequestError("REQUEST_INVALID", {
    at: { path: "if-match" },
    message: "the header If-Match is missing or not a revision",
    hint: 'send the revision that you edited, such as If-Match: "3"',
  });
}

/** @param now the current state, under its key in the answer */
function answerConflict(
  reply: FastifyReply,
  what: string,
  now: Readonly<Record<string, { readonly revision: number }>>,
): FastifyReply {
  const [{ revision } = { revision: 0 }] = Object.values(now);
  const answer = errorReply(
    new RequestError("CORRECTION_CONFLICT", {
      message: `${what} has changed since; its revision is now ${revision}`,
      hint: "merge both versions and send the result with that revision",
    }),
  );
  return reply
    .code(answer.status)
    .type(problemType)
    .send({ ...problem(answer, reply.request.id), ...now });
}
