import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyCorpus } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const config = `seed: 5
data: { train: train.jsonl, dev: dev.jsonl, test: test.jsonl }
model: { name: pcnn, inputs: { words: { size: 8 }, tags: { size: 4 } }, positionSize: 4, filters: 8, dropout: 0.1 }
optimizer: { rate: 0.02 }
training: { epochs: 20, batch: 6, chunk: 2 }
`;

/**
 * Trains a small model that finds relations between given entities.
 *
 * @returns the folder of its run, below `folder`
 */
export async function trainPairModel(folder: string): Promise<string> {
  writeTinyCorpus(folder);
  writeFileSync(join(folder, "pairs.yaml"), config);
  const { code, err } = await weft(["train", "pairs.yaml", "--run", "pairs"], { cwd: folder });
  if (code !== 0) throw new Error(err);
  return join(folder, "pairs");
}
