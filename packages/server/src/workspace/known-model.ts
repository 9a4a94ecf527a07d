import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ModelDetails } from "@weft-nlp/api";
import type { Entity, Sentence } from "@weft-nlp/core";
import { type TrainConfig, trainConfigSchema } from "@weft-nlp/core/training";
import { exists, readConfig, readingOf, readSentences } from "@weft-nlp/node/files";
import { resolvePaths, shortPath } from "@weft-nlp/node/runs";
import { RunShelf } from "./run-shelf.ts";

type Known = Pick<ModelDetails, "score" | "data" | "examples">;

/** Enough to find frequent examples; a corpus may be far larger. */
const maxSentences = 3000;
const examplesEach = 3;
const relationExamplesEach = 2;

/**
 * The folder of the run that a served model belongs to; undefined for a model by itself.
 *
 * @param folder as it was given: a run's, or the folder `model` in it
 */
export async function runFolderOf(folder: string): Promise<string | undefined> {
  const candidates = basename(folder) === "model" ? [folder, dirname(folder)] : [folder];
  for (const each of candidates) if (await exists(join(each, "config.yaml"))) return each;
  return undefined;
}

/** The configuration of a run with absolute paths. @throws {FileError} @throws {ConfigError} */
export async function configOf(runFolder: string): Promise<TrainConfig> {
  return resolvePaths(await readConfig(join(runFolder, "config.yaml"), trainConfigSchema()));
}

/** What the files of a model's run say about it. A run that cannot be read says nothing. */
export class KnownModels {
  readonly #shelf = new RunShelf("");
  readonly #examples = new Map<string, Promise<Known["examples"]>>();

  /** @param withExamples whether texts of the training data may be shown */
  async about(folder: string, withExamples: boolean): Promise<Known> {
    const runFolder = await runFolderOf(folder);
    if (runFolder === undefined) return { score: null, data: null, examples: none };
    const run = { name: basename(runFolder), folder: runFolder };
    const [{ value: config }, report] = await Promise.all([this.#shelf.config(run), this.#shelf.report(run)]);
    const [main] = report?.dev.protocols ?? [];
    const entities = report?.dev.protocols.find(({ unit, directed }) => unit === "entities" && !directed);
    return {
      score:
        report === undefined || main === undefined
          ? null
          : {
              protocol: main.protocol,
              words: main.words,
              f1: main.micro.f1,
              entities: entities === undefined || entities === main ? null : entities.micro.f1,
              sentences: report.dev.sentences,
            },
      data:
        config === undefined
          ? null
          : {
              train: shortPath(config.data.train),
              dev: shortPath(config.data.dev),
              sentences: config.data.trainSentences ?? null,
            },
      examples: withExamples ? await this.#examplesOf(runFolder) : none,
    };
  }

  async #examplesOf(runFolder: string): Promise<Known["examples"]> {
    // A training that is repeated in the folder writes its configuration again.
    const { mtimeMs } = await stat(join(runFolder, "config.yaml"));
    const key = `${runFolder} ${mtimeMs}`;
    const known = this.#examples.get(key);
    if (known !== undefined) return known;
    const reading = readExamples(runFolder).catch(() => none);
    this.#examples.set(key, reading);
    return reading;
  }
}

const none: Known["examples"] = { entities: {}, relations: {} };

async function readExamples(runFolder: string): Promise<Known["examples"]> {
  const config = await configOf(runFolder);
  const [entities, relations] = [new Tally(), new Tally()];
  let sentences = 0;
  for await (const event of readSentences(config.data.train, { ...readingOf(config), onInvalid: () => undefined })) {
    if (event.kind !== "sentence") continue;
    const { sentence } = event;
    for (const entity of sentence.entities) if (entity.type !== null) entities.add(entity.type, wordsOf(sentence, entity));
    for (const { head, tail, type } of sentence.relations) {
      relations.add(type, `${wordsOf(sentence, sentence.entities[head])} → ${wordsOf(sentence, sentence.entities[tail])}`);
    }
    if (++sentences === maxSentences) break;
  }
  return { entities: entities.most(examplesEach), relations: relations.most(relationExamplesEach) };
}

function wordsOf({ tokens }: Sentence, entity: Pick<Entity, "start" | "end"> | undefined): string {
  const words = tokens.slice(entity?.start, entity?.end).join(" ");
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

/** Counts texts by type. */
class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(type: string, text: string): void {
    const counts = this.#counts.get(type) ?? new Map<string, number>();
    this.#counts.set(type, counts.set(text, (counts.get(text) ?? 0) + 1));
  }

  /** The most frequent texts of every type; of equally frequent ones, those that came first. */
  most(count: number): Record<string, string[]> {
    const pairs = [...this.#counts].map(([type, counts]): [string, string[]] => {
      const sorted = [...counts].sort(([, one], [, other]) => other - one);
      return [type, sorted.slice(0, count).map(([text]) => text)];
    });
    return Object.fromEntries(pairs);
  }
}
