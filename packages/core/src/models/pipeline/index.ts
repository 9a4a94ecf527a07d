import type { Tape } from "@weft-nlp/tensor";
import type { Catalogue } from "../../catalogue.ts";
import type { Prediction } from "../../metrics/index.ts";
import type { Scope } from "../../nn/index.ts";
import type { Omission, Sentence } from "../../schema/index.ts";
import type { Lexicon } from "../../vocabulary/lexicon.ts";
import {
  defineModel,
  type Encoder,
  type Example,
  type Losses,
  type LossOptions,
  type Model,
  type ModelDefinition,
  type PredictOptions,
  type ProposalSteps,
  type Proposed,
  type ProposeOptions,
} from "../model.ts";
import { decideAlone } from "../proposal-steps.ts";
import { joinsEnsembles, proposalSteps } from "../propose.ts";
import { type NamedModel, type PipelineSettings, pipelineSettings } from "./pipeline-settings.ts";

/**
 * A sentence as both parts read it, and the sentence itself, because the classifier's pairs are
 * known only after the tagger has predicted.
 */
interface PipelineExample extends Example {
  readonly tagger: Example;
  /** With the annotated entities, for training. */
  readonly classifier: Example;
  readonly sentence: Pick<Sentence, "id" | "tokens" | "pos">;
}

interface Part {
  readonly model: Model;
  readonly encoder: Encoder;
}

/**
 * A tagger, and a classifier of the pairs of entities it finds. They share labels and words but no
 * weights.
 */
class Pipeline implements Model<PipelineExample> {
  readonly #tagger: Part;
  readonly #classifier: Part;

  constructor(tagger: Part, classifier: Part) {
    this.#tagger = tagger;
    this.#classifier = classifier;
  }

  get joinsEnsembles(): boolean {
    return [this.#tagger, this.#classifier].every(({ model }) => joinsEnsembles(model));
  }

  /**
   * The losses of both parts. `train` does not use this: it trains one part after the other, each
   * with its own choice of the best epoch.
   */
  loss(tape: Tape, examples: readonly PipelineExample[], options: LossOptions): Losses {
    const losses: Record<string, number> = {};
    for (const part of ["tagger", "classifier"] as const) {
      const { model } = part === "tagger" ? this.#tagger : this.#classifier;
      const own = model.loss(
        tape,
        examples.map((example) => example[part]),
        options,
      );
      for (const [name, value] of Object.entries(own)) losses[`${part}/${name}`] = value;
    }
    return losses;
  }

  predict(tape: Tape, examples: readonly PipelineExample[], options: PredictOptions): Prediction[] {
    return decideAlone(this.proposeInSteps(tape, examples, options));
  }

  /**
   * The tagger's entities with their other types, and the classifier's relations between them. The
   * classifier reads the types that the tagger finds most likely.
   */
  *proposeInSteps(tape: Tape, examples: readonly PipelineExample[], options: ProposeOptions): ProposalSteps {
    const own = examples.map(({ tagger }) => tagger);
    // The tagger may be a model that also finds relations; they are not wanted here.
    const tagged = yield* proposalSteps(this.#tagger.model, tape, own, { threshold: 1 });
    const given = examples.map(({ sentence }, index) =>
      this.#classifier.encoder.encode({ ...sentence, entities: tagged[index]?.decide().entities ?? [], relations: [] }),
    );
    const related = yield* proposalSteps(this.#classifier.model, tape, given, options);
    return tagged.map(
      (proposed, index): Proposed => ({
        proposal: () => {
          const { candidates = [], oneDirection } = related[index]?.proposal() ?? {};
          return { mentions: proposed.proposal().mentions, candidates, oneDirection };
        },
        decide: (choice) => {
          const { entities, tags } = proposed.decide(choice && { ...choice, relations: [] });
          return { entities, relations: choice?.relations ?? related[index]?.decide().relations ?? [], tags };
        },
      }),
    );
  }
}

class PipelineEncoder implements Encoder<PipelineExample> {
  readonly #tagger: Encoder;
  readonly #classifier: Encoder;

  constructor(tagger: Encoder, classifier: Encoder) {
    this.#tagger = tagger;
    this.#classifier = classifier;
  }

  encode(sentence: Sentence, omissions?: Omission[]): PipelineExample {
    const { id, tokens, pos } = sentence;
    return {
      length: tokens.length,
      tagger: this.#tagger.encode(sentence, omissions),
      classifier: this.#classifier.encode(sentence, omissions),
      sentence: { id, tokens, ...(pos === undefined ? {} : { pos }) },
    };
  }
}

/**
 * Defines a pipeline of any model that finds entities with any model that needs them. The models'
 * capabilities say which is which.
 *
 * @param catalogue the models to choose from
 */
export function definePipeline(catalogue: Catalogue<ModelDefinition>): ModelDefinition {
  const definitionOf = ({ name }: NamedModel): ModelDefinition => catalogue.get(name);
  const encoderOf = (model: NamedModel, lexicon: Lexicon): Encoder => definitionOf(model).encoder(ownSettings(model), lexicon);
  return defineModel<PipelineSettings, PipelineExample>({
    name: "pipeline",
    paper: "a tagger and a classifier of pairs, each from its own paper",
    settings: pipelineSettings(catalogue),
    capabilities: { needsGoldEntities: false },
    parts: [
      { name: "tagger", model: ({ tagger }) => tagger, select: "ner-strict" },
      {
        name: "classifier",
        model: ({ classifier }) => classifier,
        learnsFromPredictions: ({ entities }) => entities === "predicted-and-gold",
      },
    ],
    // A classifier that does not distinguish head from tail is not scored on direction.
    protocols: ({ classifier }) => {
      const own = definitionOf(classifier).protocols?.(ownSettings(classifier));
      return own?.includes("pairs-undirected") === true ? ["pairs-undirected", "ner-strict", "ner-boundaries"] : undefined;
    },
    needs: ({ tagger, classifier }) => {
      const all = [tagger, classifier].map((part) => definitionOf(part).needs?.(ownSettings(part)) ?? {});
      const pos = all.flatMap((needs) => needs.pos ?? []);
      const some = (need: "characters" | "spans"): boolean => all.some((needs) => needs[need] === true);
      return {
        ...{ characters: some("characters"), spans: some("spans") },
        pos: pos.includes("always") ? "always" : pos[0],
      };
    },
    build: (settings, lexicon, scope) => {
      const own = scope.child("pipeline");
      const part = (name: "tagger" | "classifier"): Part => ({
        model: buildPart(definitionOf(settings[name]), settings[name], lexicon, own.child(name)),
        encoder: encoderOf(settings[name], lexicon),
      });
      return new Pipeline(part("tagger"), part("classifier"));
    },
    encoder: ({ tagger, classifier }, lexicon) => new PipelineEncoder(encoderOf(tagger, lexicon), encoderOf(classifier, lexicon)),
  });
}

function buildPart(definition: ModelDefinition, model: NamedModel, lexicon: Lexicon, scope: Scope): Model {
  return definition.build(ownSettings(model), lexicon, scope);
}

function ownSettings({ name: _name, ...settings }: NamedModel): unknown {
  return settings;
}
