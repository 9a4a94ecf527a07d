import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const people = ["Ada Lovelace", "Bob", "Carol Shaw", "Dan", "Eve Brown", "Frank"];
const firms = ["Acme", "Initech", "Hooli", "Globex"];
const cities = ["Oslo", "Rome", "New York", "Paris"];

/** A sentence of the test corpus as a line of a file. */
export interface Line {
  readonly id: string;
  readonly tokens: string[];
  readonly entities: { start: number; end: number; type: string }[];
  readonly relations: { head: number; tail: number; type: string }[];
}

/** A few short sentences about people, firms and cities, the same in every call. */
export function lines(count: number, from = 0): Line[] {
  return Array.from({ length: count }, (_, k) => {
    const i = from + k;
    const tokens: string[] = [];
    const entities: Line["entities"] = [];
    const say = (text: string, type?: string): void => {
      const words = text.split(" ");
      if (type !== undefined) entities.push({ start: tokens.length, end: tokens.length + words.length, type });
      tokens.push(...words);
    };
    say(people[i % people.length] ?? "", "PER");
    say(i % 2 === 0 ? "works for" : "left");
    say(firms[(i * 3) % firms.length] ?? "", "ORG");
    say("in");
    say(cities[(i * 5 + (i >> 2)) % cities.length] ?? "", "LOC");
    say(".");
    const relations = [{ head: 1, tail: 2, type: "based_in" }];
    if (i % 2 === 0) relations.push({ head: 0, tail: 1, type: "works_for" });
    return { id: `${i}`, tokens, entities, relations };
  });
}

export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** A configuration that trains in a second or two. */
export const tinyConfig = `seed: 5
data:
  train: train.jsonl
  dev: dev.jsonl
  test: test.jsonl
model:
  name: rin
  rounds: 1
  inputs: { words: { size: 8 } }
  hiddenSize: 8
  wordDropout: 0.1
optimizer:
  rate: 0.01
training:
  epochs: 4
  patience: 0
  batch: 6
  chunk: 2
`;

/** Writes corpus and configuration. @returns the path of the configuration */
export function writeTinyCorpus(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "train.jsonl"), jsonLines(lines(18)));
  writeFileSync(join(folder, "dev.jsonl"), jsonLines(lines(5, 18)));
  writeFileSync(join(folder, "test.jsonl"), jsonLines(lines(5, 23)));
  writeFileSync(join(folder, "weft.yaml"), tinyConfig);
  return join(folder, "weft.yaml");
}
