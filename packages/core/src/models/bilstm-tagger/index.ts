import type { Parameter, Tape } from "@weft-nlp/tensor";
import type { Prediction } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import { decodeEntities } from "../joint-nn/decode.ts";
import { JointEncoder, type JointExample } from "../joint-nn/encoder.ts";
import { EntityNetwork } from "../joint-nn/entity-network.ts";
import { packTags } from "../joint-nn/outputs.ts";
import { packSentences } from "../joint-nn/pack.ts";
import { Tagger } from "../joint-nn/tagger.ts";
import { defineModel, type Losses, type LossOptions, type Model } from "../model.ts";
import { type BilstmTaggerSettings, bilstmTaggerSettings } from "./settings.ts";

/** Words and their characters, a BiLSTM, and a random field over the tags: the entity side of the joint network, alone. */
class BilstmTagger implements Model<JointExample> {
  readonly wordTable: Parameter;
  readonly #wordDropout: number;
  readonly #lexicon: Lexicon;
  readonly #network: EntityNetwork;
  readonly #tagger: Tagger;

  constructor(settings: BilstmTaggerSettings, lexicon: Lexicon, scope: Scope) {
    this.#wordDropout = settings.wordDropout;
    this.#lexicon = lexicon;
    this.#network = new EntityNetwork(settings, lexicon, scope);
    this.#tagger = new Tagger(settings, lexicon, this.#network.chain);
    this.wordTable = this.#network.words;
  }

  /** −ln P of the gold tags of each sentence, over all its words (Ma and Hovy 2016, §2.3). */
  loss(tape: Tape, examples: readonly JointExample[], { factor, random }: LossOptions): Losses {
    const batch = packSentences(examples, this.#wordDropout, tape.training ? random : undefined);
    const { tagScores } = this.#network.forward(tape, batch);
    const gold = packTags(examples.map(({ tags }) => tags));
    const weights = new Float32Array(examples.length).fill(1);
    return { entity: this.#tagger.loss(tape, tagScores, batch.offsets, gold, weights, factor) };
  }

  predict(tape: Tape, examples: readonly JointExample[]): Prediction[] {
    const batch = packSentences(examples, 0, undefined);
    const { tagScores } = this.#network.forward(tape, batch);
    return this.#tagger.read(tape, tagScores, batch.offsets).map((distribution) => {
      const tags = distribution.best();
      return {
        entities: decodeEntities(this.#lexicon, tags, distribution.probabilities),
        relations: [],
        tags: Array.from(tags, (tag) => this.#lexicon.tags.nameOf(tag)),
      };
    });
  }
}

/** A BiLSTM that finds entities, and leaves relations to others. */
export const bilstmTagger = defineModel<BilstmTaggerSettings, JointExample>({
  name: "bilstm-tagger",
  paper: "Ma and Hovy 2016",
  settings: bilstmTaggerSettings,
  capabilities: { needsGoldEntities: false, findsRelations: false },
  protocols: () => ["ner-strict", "ner-boundaries"],
  build: (settings, lexicon, scope) => new BilstmTagger(settings, lexicon, scope.child("bilstm-tagger")),
  encoder: (_, lexicon) => {
    const encoder = new JointEncoder({ pairs: "left-to-right" }, lexicon);
    // Relations are none of its business, and so it loses none.
    return { encode: (sentence, losses) => encoder.encode({ ...sentence, relations: [] }, losses) };
  },
});
