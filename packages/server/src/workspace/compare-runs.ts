import type { ComparedSentence, RunComparison } from "@weft-nlp/api";
import { documentFromSentence, type Sentence } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import type { BuiltModel } from "@weft-nlp/core/inference";
import {
  type ComparedSystem,
  countsBySentence,
  type Prediction,
  type ProtocolName,
  protocols,
  score,
  sumCounts,
} from "@weft-nlp/core/metrics";
import { claimOf, comparisonVerdict, type Difference, differences, mistakeNames } from "@weft-nlp/draw";
import { type ComputeOptions, defaultProtocols, loadModel, modelStamp, predictSentences } from "@weft-nlp/node/extractor";
import { RequestError } from "../errors.ts";
import { compareInThread } from "./comparison-thread.ts";
import type { ShelvedRun } from "./run-shelf.ts";

type Compared = Omit<RunComparison, "offset" | "items"> & {
  readonly items: readonly ComparedSentence[];
  /** Sentences that the second run does not get right in full. */
  readonly wrong: number;
};

const maxSentences = 5000;
const maxWaiting = 4;
const maxKept = 4;

export interface ComparedData {
  readonly name: string;
  /** Changes when the file does. */
  readonly stamp: string;
  readonly sentences: () => Promise<readonly Sentence[]>;
}

/**
 * Compares runs sentence by sentence, one pair at a time, and caches the last few results for later
 * pages.
 */
export class RunComparer {
  readonly #compute: ComputeOptions;
  readonly #kept = new Map<string, Promise<Compared>>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor({ threads, deterministic }: ComputeOptions) {
    // In threads besides those that serve, never in this one.
    this.#compute = { threads: Math.min(2, threads ?? 1), deterministic, background: true };
  }

  /**
   * @throws {RequestError} OVERLOADED, REQUEST_TOO_LARGE
   * @throws {FileError} if a run has no model yet
   */
  async compare(first: ShelvedRun, second: ShelvedRun, data: ComparedData, protocol?: ProtocolName): Promise<Compared> {
    const stamps = await Promise.all([modelStamp(first.folder), modelStamp(second.folder)]);
    const key = JSON.stringify([
      first.name,
      second.name,
      first.folder,
      second.folder,
      data.name,
      protocol,
      data.stamp,
      ...stamps,
    ]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const work = this.#inTurn(async () => this.#do(first, second, data, protocol));
    this.#kept.set(key, work);
    work.catch(() => this.#kept.delete(key));
    for (const oldest of [...this.#kept.keys()].slice(0, -maxKept)) this.#kept.delete(oldest);
    return work;
  }

  async #do(first: ShelvedRun, second: ShelvedRun, data: ComparedData, protocol?: ProtocolName): Promise<Compared> {
    const gold = await data.sentences();
    if (gold.length > maxSentences) {
      throw new RequestError("REQUEST_TOO_LARGE", {
        at: { path: "querystring.data" },
        message: `the file has ${gold.length} sentences; the limit of a comparison here is ${maxSentences}`,
        hint: "weft compare takes files of any size",
      });
    }
    const system = async ({ name, folder }: ShelvedRun) => {
      const model = await loadModel(folder, this.#compute);
      return { name, model, runs: [await predictSentences(model, gold, this.#compute)] };
    };
    const [one, other] = [await system(first), await system(second)];
    const name = protocol ?? sharedProtocol(one.model, other.model);
    const found = differences(name, gold, one, other);
    const entityName = entityProtocol(name, one.model, other.model);
    // A model cannot be sent to a thread.
    const predictedBy = ({ name: side, runs }: ComparedSystem): ComparedSystem => ({ name: side, runs });
    const tested = await compareInThread({ gold, first: predictedBy(one), second: predictedBy(other), protocol: name });
    const compared = tested.protocols[name];
    if (compared === undefined) throw new Error(`no comparison by ${name}`);
    const { better, worse, same } = compared.sentences;
    return {
      first: first.name,
      second: second.name,
      data: data.name,
      protocol: name,
      words: compared.words,
      sentences: gold.length,
      scores: { first: compared.first, second: compared.second },
      better,
      worse,
      same,
      difference: compared.difference,
      interval: [...compared.interval],
      p: compared.p,
      claim: claimOf(compared, tested),
      verdict: comparisonVerdict(compared, tested),
      entities:
        entityName === undefined
          ? null
          : { protocol: entityName, first: f1Of(entityName, gold, one), second: f1Of(entityName, gold, other) },
      items: found.map(itemOf),
      wrong: mistakenSentences(gold, other.model, other.runs[0] ?? []).length,
    };
  }

  /**
   * The sentences that a run's model does not get right, each with what it predicts, in the turn of
   * comparisons.
   *
   * @throws {RequestError} OVERLOADED @throws {FileError} if the run has no model yet
   */
  async mistakes({ folder }: ShelvedRun, gold: readonly Sentence[]): Promise<(readonly [Sentence, Prediction])[]> {
    return this.#inTurn(async () => {
      const model = await loadModel(folder, this.#compute);
      const predicted = await predictSentences(model, gold, this.#compute);
      return mistakenSentences(gold, model, predicted).map((index) => [gold[index] as Sentence, predicted[index] as Prediction]);
    });
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= maxWaiting) {
      throw new RequestError("OVERLOADED", { message: "another comparison is running", hint: "retry when it is done" });
    }
    this.#waiting++;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined).finally(() => void this.#waiting--);
    return turn;
  }
}

/**
 * Sentences that differ from gold in an entity or a relation, by the first protocol of each kind
 * that scores the model. @returns their places
 */
function mistakenSentences(gold: readonly Sentence[], model: BuiltModel, predictions: readonly Prediction[]): number[] {
  const names = defaultProtocols(model);
  const units = names.map((name) => protocols.get(name).unit);
  const chosen = names.filter((_, index) => units.indexOf(units[index] as (typeof units)[number]) === index);
  const system: ComparedSystem = { name: "", runs: [predictions] };
  const counted = chosen.map((name) => countsBySentence(name, gold, system));
  return gold.flatMap((_, index) => {
    const right = counted.every((counts) => {
      const { correct = 0, predicted = 0, gold: expected = 0 } = counts[index] ?? {};
      return correct === predicted && correct === expected;
    });
    return right ? [] : [index];
  });
}

/** The first protocol that scores both models; if they share none, the first model's. */
function sharedProtocol(one: BuiltModel, other: BuiltModel): ProtocolName {
  const [own, others] = [defaultProtocols(one), defaultProtocols(other)];
  return own.find((name) => others.includes(name)) ?? own[0] ?? "exact";
}

/** The protocol of entities that both models share, if the comparison is about relations. */
function entityProtocol(chosen: ProtocolName, one: BuiltModel, other: BuiltModel): ProtocolName | undefined {
  const others = defaultProtocols(other);
  const isOfEntities = (name: string): boolean => protocols.get(name).unit === "entities";
  if (isOfEntities(chosen)) return undefined;
  return defaultProtocols(one).find((name) => isOfEntities(name) && others.includes(name));
}

function f1Of(name: ProtocolName, gold: readonly Sentence[], system: ComparedSystem): number {
  return score(sumCounts(countsBySentence(name, gold, system))).f1;
}

function itemOf({ sentence, sides, findings, verdict, gain }: Difference): ComparedSentence {
  const record = (side: number): ComparedSentence["document"] => {
    const { entities = [], relations = [] } = sides[side] ?? {};
    return recordOf(documentFromSentence({ ...sentence, entities, relations }));
  };
  const annotation = (side: number): ComparedSentence["first"] => {
    const { entities, relations } = record(side);
    return { entities, relations };
  };
  const mistakes = (side: number) => findings.filter((each) => each.side === side).map(({ kind }) => mistakeNames[kind]);
  return {
    document: record(0),
    first: annotation(1),
    second: annotation(2),
    verdict,
    gain,
    mistakes: { first: mistakes(1), second: mistakes(2) },
  };
}
