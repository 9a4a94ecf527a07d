import type { Tape } from "@weft-nlp/tensor";
import { type EncoderExample, inputNeeds, SentenceReader } from "../../encoders/index.ts";
import { tagNames } from "../../heads/tags/decode-entities.ts";
import type { Prediction } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Omission, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import { defineModel, type Encoder, type Losses, type LossOptions, type Model, type ProposalSteps } from "../model.ts";
import { decideAlone } from "../proposal-steps.ts";
import { readEntities, TaggingNetwork } from "../tagging-network.ts";
import { type BilstmTaggerSettings, bilstmTaggerSettings } from "./bilstm-tagger-settings.ts";

/** A sentence as the tagger reads it. */
interface TaggerExample extends EncoderExample {
  /** Gold tags, [N], or the labels of spans; −1 where the lexicon does not know the label. */
  readonly labels: Int32Array;
}

/** Words and their characters, a BiLSTM, and a CRF over the tags (Ma and Hovy 2016). */
class BilstmTagger implements Model<TaggerExample> {
  readonly #lexicon: Lexicon;
  readonly #network: TaggingNetwork;

  constructor(settings: BilstmTaggerSettings, lexicon: Lexicon, scope: Scope) {
    this.#lexicon = lexicon;
    this.#network = new TaggingNetwork(settings, lexicon, scope);
  }

  get wordVectors() {
    return this.#network.encoder.wordVectors;
  }

  /** −ln P of the gold labels of each sentence, over all its words or spans (§2.3). */
  loss(tape: Tape, examples: readonly TaggerExample[], { factor, random }: LossOptions): Losses {
    const { encoder, entities: head } = this.#network;
    const { entities } = this.#network.forward(tape, encoder.pack(examples, tape.training ? random : undefined));
    const gold = examples.map(({ labels }) => labels);
    const weights = new Float32Array(examples.length).fill(1);
    return { entity: head.loss(tape, entities, gold, weights, factor) };
  }

  predict(tape: Tape, examples: readonly TaggerExample[]): Prediction[] {
    return decideAlone(this.proposeInSteps(tape, examples));
  }

  *proposeInSteps(tape: Tape, examples: readonly TaggerExample[]): ProposalSteps {
    const batch = this.#network.encoder.pack(examples, undefined);
    const { entities: scores } = this.#network.forward(tape, batch);
    const distributions = yield* this.#network.entities.readInSteps(tape, scores);
    return distributions.map((distribution) => {
      const tagged = distribution.found();
      return {
        proposal: () => ({ mentions: tagged.mentions(), candidates: [] }),
        decide: (choice) => {
          const { entities, tags } = tagged.retyped(choice);
          return { entities, relations: [], tags: tagNames(this.#lexicon, tags) };
        },
      };
    });
  }
}

/** Reads entities only. It ignores relations and so never reports them as omitted. */
class TaggerReader implements Encoder<TaggerExample> {
  readonly #settings: BilstmTaggerSettings;
  readonly #lexicon: Lexicon;
  readonly #reader: SentenceReader;

  constructor(settings: BilstmTaggerSettings, lexicon: Lexicon) {
    this.#settings = settings;
    this.#lexicon = lexicon;
    this.#reader = new SentenceReader(settings.inputs, lexicon);
  }

  encode(sentence: Sentence, omissions: Omission[] = []): TaggerExample {
    const { labels } = readEntities(sentence, this.#settings, this.#lexicon, omissions);
    return { ...this.#reader.read(sentence, omissions), labels };
  }
}

/** A BiLSTM tagger that finds entities but no relations. */
export const bilstmTagger = defineModel<BilstmTaggerSettings, TaggerExample>({
  name: "bilstm-tagger",
  paper: "Ma and Hovy 2016",
  settings: bilstmTaggerSettings,
  formerDefaults: { decoding: "free" },
  capabilities: { needsGoldEntities: false, findsRelations: false },
  protocols: () => ["ner-strict", "ner-boundaries"],
  needs: ({ inputs, spans }) => ({ ...inputNeeds(inputs), spans: spans !== false }),
  build: (settings, lexicon, scope) => new BilstmTagger(settings, lexicon, scope.child("bilstm-tagger")),
  encoder: (settings, lexicon) => new TaggerReader(settings, lexicon),
});
