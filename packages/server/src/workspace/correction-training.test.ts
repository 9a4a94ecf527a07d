import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinTokens } from "@weft-nlp/core";
import { ownMark } from "@weft-nlp/node/files";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CorrectionProject } from "./correction-project.ts";
import { newSentences } from "./correction-sentences.ts";
import { CorrectionTraining } from "./correction-training.ts";

const weftPath = fileURLToPath(new URL("../../../weft/bin/weft.js", import.meta.url));

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "weft-training-"))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

const projectOf = async (name: string): Promise<CorrectionProject> => {
  const head = { name, createdAt: new Date().toISOString(), model: null, entityTypes: [], relationTypes: [] };
  return CorrectionProject.create(join(folder, name), head, []);
};

test("a project is not moved while its training is being prepared, but is after that training failed to start", async () => {
  const [project, other] = [await projectOf("one"), await projectOf("other")];
  const training = new CorrectionTraining(folder, join(folder, "runs"), weftPath);
  const move = async (): Promise<string> => "moved";
  expect(await training.whileIdle(project, move)).toBe("moved");
  const starting = training.start(project, {});
  const moves = Promise.allSettled([training.whileIdle(project, move), training.whileIdle(other, move)]);
  await expect(starting).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  expect(await moves).toMatchObject([{ reason: { code: "TRAINING_RUNNING" } }, { value: "moved" }]);
  expect(await training.whileIdle(project, move)).toBe("moved");
});

test("no training starts on a project that is being moved, and none recreates its old folder", async () => {
  const project = await projectOf("early");
  const training = new CorrectionTraining(folder, join(folder, "runs"), weftPath);
  const moving = training.whileIdle(project, async () => project.moveTo(0, join(folder, "late")));
  await expect(training.start(project, {})).rejects.toMatchObject({ code: "CORRECTIONS_UNKNOWN" });
  expect(await moving).toBe(true);
  expect(await readdir(folder)).not.toContain("early");
});

test("a finished training does not run again because another process has its number", async () => {
  const project = await projectOf("numbered");
  const started = { run: "numbered-1", from: null, data: "", startedAt: "2026-01-01T00:00:00.000Z" };
  const training = new CorrectionTraining(folder, join(folder, "runs"), weftPath);
  const stateWith = async (process: object): Promise<string> => {
    await writeFile(join(folder, "numbered", "training.json"), JSON.stringify({ ...started, process }));
    return (await training.state(project)).state;
  };
  expect(await stateWith(ownMark())).toBe("running");
  // The number of a living process, which started at another time; then one that no process has.
  if (process.platform === "linux") expect(await stateWith({ ...ownMark(), start: "1" })).toBe("failed");
  expect(await stateWith({ ...ownMark(), pid: 2 ** 30 })).toBe("failed");
});

test("a stale handle of a renamed project does not write next to the current one", async () => {
  const project = await projectOf("there");
  expect(await project.moveTo(0, join(folder, "there"))).toBe(true);
  expect(await project.isThere()).toBe(true);
  expect(await project.moveTo(0, join(folder, "away"))).toBe(true);
  const now = await CorrectionProject.open(join(folder, "away"));
  expect(await now?.moveTo(0, join(folder, "there"))).toBe(true);
  await expect(project.add([], 1)).rejects.toMatchObject({ code: "CORRECTIONS_UNKNOWN" });
});

test("a training that is being prepared when the server stops is not started", async () => {
  const project = await projectOf("stopped");
  const sentence = { ...joinTokens(["Ada", "left"]), sentences: [{ start: 0, end: 2 }], entities: [], relations: [] };
  const documents = ["a", "b"].map((id) => ({ ...sentence, id, metadata: {} }));
  await project.add(await newSentences(documents, async () => undefined), 2);
  for (const id of [0, 1]) await project.save(id, 1, { entities: [], relations: [], done: true });
  const training = new CorrectionTraining(folder, join(folder, "runs"), weftPath);
  const starting = training.start(project, {});
  await training.close();
  await expect(starting).rejects.toMatchObject({ code: "STOPPING" });
  expect(await training.state(project)).toEqual({ state: "none" });
});
