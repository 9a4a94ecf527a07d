// The folders in fixtures/version-1 were trained and their predictions printed by the last code
// that wrote format version 1 (commit 129de18).
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Prediction } from "../metrics/index.ts";
import type { Sentence } from "../schema/index.ts";
import type { ModelFiles } from "./model-file-names.ts";
import { packModel, unpackModel } from "./model-files.ts";
import { Predictor } from "./predictor.ts";

const folder = new URL("./fixtures/version-1/", import.meta.url);
const names = readdirSync(folder).filter((name) => !name.endsWith(".json"));
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, folder)));
const json = (path: string): unknown => JSON.parse(new TextDecoder().decode(read(path)));
const sentences = json("sentences.json") as Sentence[];

const filesOf = (name: string): ModelFiles => ({
  "config.json": read(`${name}/config.json`),
  "vocab.json": read(`${name}/vocab.json`),
  "model.safetensors": read(`${name}/model.safetensors`),
});

test("there is a folder of each family", () => {
  expect(names).toEqual(["joint-nn", "pcnn", "pipeline", "rin"]);
});

test.each(names)("%s of format version 1 opens, predicts the same, and is written as version 2 with the same weights", (name) => {
  const old = filesOf(name);
  const built = unpackModel(old, name, { build: "baseline" });
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const expected = json(`${name}/predictions.json`) as Prediction[];
  const found = new Predictor(built).predict(examples, { threshold: 0.05 });
  expect(found.map(({ entities, relations, tags }) => ({ entities, relations, ...(tags && { tags }) }))).toEqual(
    expected.map((prediction) => ({
      ...prediction,
      entities: prediction.entities.map((entity) => close(entity)),
      relations: prediction.relations.map((relation) => close(relation)),
    })),
  );
  expect(found.some(({ relations }) => relations.length > 0)).toBe(true);
  const now = packModel(built);
  expect(now["model.safetensors"]).toEqual(old["model.safetensors"]);
  expect(JSON.parse(new TextDecoder().decode(now["config.json"]))).toMatchObject({ version: 2, model: { name } });
  expect(packModel(unpackModel(now, name, { build: "baseline" }))).toEqual(now);
});

function close<Item extends { readonly confidence?: number | undefined }>(item: Item): Item {
  return item.confidence === undefined ? item : { ...item, confidence: expect.closeTo(item.confidence, 6) as number };
}
