import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CorrectionProject } from "./correction-project.ts";
import { CorrectionTraining } from "./correction-training.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "weft-training-"))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

test("a training that is only being prepared needs its project already, and one that came to nothing does no longer", async () => {
  const projectOf = async (name: string): Promise<CorrectionProject> => {
    const head = { name, createdAt: new Date().toISOString(), model: null, entityTypes: [], relationTypes: [] };
    return CorrectionProject.create(join(folder, name), head, []);
  };
  const [project, other] = [await projectOf("one"), await projectOf("other")];
  const training = new CorrectionTraining(folder, join(folder, "runs"));
  expect(await training.needs(project)).toBe(false);
  const starting = training.start(project, {});
  const needed = [training.needs(project), training.needs(other)];
  await expect(starting).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  expect(await Promise.all(needed)).toEqual([true, false]);
  expect(await training.needs(project)).toBe(false);
});
