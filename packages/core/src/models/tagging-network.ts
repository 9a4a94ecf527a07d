import { type Matrix, normal, operations, type Tape } from "@weft-nlp/tensor";
import { type Inputs, type PackedSentences, SentenceEncoder } from "../encoders/index.ts";
import type { EntityHead, GoldEntities, UnitScores } from "../heads/entities/entity-head.ts";
import { readSpans } from "../heads/spans/read-spans.ts";
import { SpanEntities } from "../heads/spans/span-entities.ts";
import { type SpanSettings, spanLimits } from "../heads/spans/span-settings.ts";
import { readTags } from "../heads/tags/read-tags.ts";
import { TagEntities } from "../heads/tags/tag-entities.ts";
import type { TagsHeadSettings } from "../heads/tags/tags-head.ts";
import type { Scope } from "../nn/index.ts";
import type { Omission, Sentence } from "../schema/index.ts";
import type { Lexicon } from "../vocabulary/index.ts";
import { WordContext } from "./word-context.ts";

export interface TaggingSettings extends TagsHeadSettings {
  readonly inputs: Inputs;
  /** Finds entities by spans in the place of tags; defaults to false. */
  readonly spans?: SpanSettings | false | undefined;
  readonly hiddenSize: number;
  /** Defaults to a BiLSTM. */
  readonly context?: "bilstm" | "none" | undefined;
  readonly dropout: number;
  readonly wordDropout: number;
}

/** The states of words in context, and the scores of what may be entities. */
export interface TaggedWords {
  /** h, [ΣN, H'] */
  readonly states: Matrix;
  readonly entities: UnitScores;
}

/**
 * An encoder, a BiLSTM and a head for entities: the entity side of the joint network (Sun et al.
 * 2018, §3.1) and the whole tagger (Ma and Hovy 2016). Dropout of one rate applies inside the
 * characters, to the input and to the states.
 */
export class TaggingNetwork {
  readonly encoder: SentenceEncoder;
  readonly entities: EntityHead;
  /** Width of the states, H': 2·hiddenSize, or that of the inputs without a BiLSTM. */
  readonly width: number;
  readonly #dropout: number;
  readonly #context: WordContext;

  constructor(settings: TaggingSettings, lexicon: Lexicon, scope: Scope) {
    const { inputs, hiddenSize, context = "bilstm", dropout, wordDropout } = settings;
    const drops = { wordDropout, inputDropout: dropout, partDropout: dropout };
    this.#dropout = dropout;
    this.encoder = new SentenceEncoder({ inputs, initial: normal(1), ...drops }, lexicon, scope);
    this.#context = new WordContext(context, this.encoder, hiddenSize, scope);
    this.width = this.#context.width;
    this.entities = headOf(settings, lexicon, this.width, scope);
  }

  forward(tape: Tape, batch: PackedSentences): TaggedWords {
    const input = this.#context.forward(tape, batch); // [ΣN, H']
    const states = tape.apply(operations.dropout, { input, rate: this.#dropout });
    return { states, entities: this.entities.scores(tape, states, batch.offsets) };
  }
}

function headOf(settings: TaggingSettings, lexicon: Lexicon, width: number, scope: Scope): EntityHead {
  const { spans = false } = settings;
  if (spans === false) return new TagEntities(settings, lexicon, width, scope);
  return new SpanEntities(spans, lexicon, width, scope);
}

/**
 * Reads the entities of a sentence as the labels of the settings' head.
 *
 * @param omissions collects entities that labels cannot hold, and labels that training lacks
 */
export function readEntities(
  sentence: Sentence,
  { spans = false }: Pick<TaggingSettings, "spans">,
  lexicon: Lexicon,
  omissions: Omission[],
): GoldEntities {
  if (spans !== false) return readSpans(sentence, lexicon, spanLimits(spans, lexicon).longest, omissions);
  const { tags, entities, overlapping } = readTags(sentence, lexicon, omissions);
  return { labels: tags, tags, entities, lost: overlapping, lostBecause: "an argument overlaps a longer entity" };
}
