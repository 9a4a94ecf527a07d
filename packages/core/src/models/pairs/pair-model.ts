import type { Random, Tape } from "@weft-nlp/tensor";
import type { RelationCandidate } from "../../constraints/index.ts";
import type { SentenceEncoder } from "../../encoders/index.ts";
import { type PairBatch, packPairs } from "../../heads/given-pairs/pair-batch.ts";
import { type PairExample, pairFields } from "../../heads/given-pairs/pair-example.ts";
import { type PairDecisions, PairHead, type PairObjective, type PairScores } from "../../heads/given-pairs/pair-head.ts";
import { groupsOf } from "../../heads/given-pairs/pair-parts.ts";
import type { PairSettings } from "../../heads/given-pairs/pair-settings.ts";
import { type Prediction, thresholdOf } from "../../metrics/index.ts";
import type { Relation } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import type { Losses, LossOptions, Model, PredictOptions, ProposalSteps, Proposed, ProposeOptions } from "../model.ts";
import { decideAlone } from "../proposal-steps.ts";
import { floorOf } from "../propose.ts";

/** Maximum word rows predicted together, counting a sentence once per pair: bounds the memory. */
const maxRowsTogether = 32_768;

/** A network that scores pairs, built on an encoder. */
export interface PairNetwork {
  readonly encoder: SentenceEncoder;
  forward(tape: Tape, batch: PairBatch): PairScores;
}

/** A classifier of given pairs: any network that scores pairs, with the shared head. */
export class PairModel implements Model<PairExample> {
  readonly #settings: PairSettings;
  readonly #lexicon: Lexicon;
  readonly #network: PairNetwork;
  readonly #head: PairHead;

  constructor(settings: PairSettings, lexicon: Lexicon, objective: PairObjective, network: PairNetwork) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#network = network;
    this.#head = new PairHead(objective, lexicon);
  }

  get wordVectors() {
    return this.#network.encoder.wordVectors;
  }

  loss(tape: Tape, examples: readonly PairExample[], { factor, random }: LossOptions): Losses {
    const batch = this.pack(examples, tape.training ? random : undefined);
    return this.#head.loss(tape, this.#network.forward(tape, batch), batch.labels, factor);
  }

  predict(tape: Tape, examples: readonly PairExample[], options: PredictOptions): Prediction[] {
    return decideAlone(this.proposeInSteps(tape, examples, options));
  }

  /** The types of the entities are given. The classes of one pair exclude each other. */
  *proposeInSteps(tape: Tape, examples: readonly PairExample[], options: ProposeOptions): ProposalSteps {
    const { scores, columns } = this.#scores(tape, examples);
    const given = yield () => scores.map((own) => this.#head.probabilities(own, columns));
    const decisions =
      given?.map((table) => this.#head.readProbabilities(table)) ?? scores.map((own) => this.#head.read(own, columns));
    const types = this.#lexicon.relations.names.map((type) => ({
      ...{ type, limit: thresholdOf(options.threshold, type), floor: floorOf(options, type) },
    }));
    return examples.map((example, s): Proposed => {
      const { entities } = example;
      const pairs = types.length === 0 ? [] : pairsIn(example);
      const own = decisions[s] as PairDecisions;
      return {
        proposal: () => ({
          mentions: entities.map(({ start, end, type }) => ({ start, end, options: [{ type, logRatio: 0 }] })),
          candidates: pairs.flatMap((pair, group) => candidatesOf(pair, group, own, types)),
          oneDirection: this.#settings.pairs === "undirected",
        }),
        decide: (choice) => ({ entities, relations: choice?.relations ?? bestOf(pairs, own, types) }),
      };
    });
  }

  /** The scores of all pairs of each example, [pairs, columns]. */
  #scores(tape: Tape, examples: readonly PairExample[]): { readonly scores: Float32Array[]; readonly columns: number } {
    // Without relation types in training there is no best one to choose.
    const asked = this.#lexicon.relations.size === 0 ? [] : examples;
    const found: Float32Array[] = [];
    let columns = 0;
    for (const group of groupsOf(asked, maxRowsTogether)) {
      const before = tape.arena.mark();
      const parts = group.map(({ part }) => part);
      const { classes } = this.#network.forward(tape, this.pack(parts, undefined));
      columns = classes.columns;
      found.push(tape.read(classes));
      tape.arena.release(before);
    }
    const all = joined(found);
    let row = 0;
    return {
      columns,
      scores: examples.map(({ pairs }) => all.subarray(row * columns, (row += pairs.length / pairFields) * columns)),
    };
  }

  /** @param random draws the words that word dropout makes unknown; undefined outside training */
  pack(examples: readonly PairExample[], random: Random | undefined): PairBatch {
    return packPairs(examples, this.#settings, (held) => this.#network.encoder.pack(held, random));
  }
}

interface Pair {
  readonly head: number;
  readonly tail: number;
}

/** A relation type, the confidence from which it counts, and that from which it is a candidate. */
interface WantedType {
  readonly type: string;
  readonly limit: number;
  readonly floor: number;
}

function pairsIn({ pairs }: PairExample): Pair[] {
  return Array.from({ length: pairs.length / pairFields }, (_, k) => ({
    ...{ head: pairs[k * pairFields] as number, tail: pairs[k * pairFields + 1] as number },
  }));
}

/** The best type of each pair, where it counts. */
function bestOf(pairs: readonly Pair[], decisions: PairDecisions, types: readonly WantedType[]): Relation[] {
  return pairs.flatMap((pair, k): Relation[] => {
    const label = decisions.best(k);
    const confidence = decisions.confidence(k, label);
    const { type, limit } = types[label] as WantedType;
    return confidence >= limit ? [{ ...pair, type, confidence }] : [];
  });
}

function candidatesOf(pair: Pair, group: number, decisions: PairDecisions, types: readonly WantedType[]): RelationCandidate[] {
  const best = decisions.best(group);
  // Without constraints only the best class may count, so a pair whose best one fails has none.
  const passes = decisions.confidence(group, best) >= (types[best]?.limit ?? 1);
  return types.flatMap(({ type, limit, floor }, label): RelationCandidate[] => {
    const confidence = decisions.confidence(group, label);
    const counts = passes && confidence >= limit;
    return counts || confidence >= floor ? [{ ...pair, type, confidence, counts, group }] : [];
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
