import {
  type ComposeTerm,
  type Matrix,
  operations,
  type Parameter,
  parameterMatrix,
  type Random,
  type Tape,
  uniform,
} from "@weft-nlp/tensor";
import {
  applyConvolution,
  applyLinear,
  type ConvolutionLayer,
  convolutionLayer,
  type LinearLayer,
  linearLayer,
  type Scope,
} from "../../nn/index.ts";
import type { Span } from "../../schema/index.ts";
import { overlapKinds, overlapOf, type Reading } from "./candidate-pairs.ts";

export interface SpanPairsSettings {
  readonly spanFilters: number;
  readonly spanWidths: readonly number[];
  readonly mlpSize: number;
  readonly distances: number;
  readonly dropout: number;
  /** §3.2's f_right. The released code stores f_left in its place. */
  readonly rightContext: "correct" | "duplicated-left";
}

/**
 * Scores the labels of each candidate pair of spans (Sun et al. 2018, §3.2): W₂ relu(W₁ f + b₁) +
 * b₂, where f concatenates features of both entities, of the words between them, of both contexts
 * and of the distance.
 *
 * The hidden layer is linear before its ReLU, so W₁ f is a sum over the parts of f. The parts that
 * depend on one entity (f_e1, f_e2 and both contexts) are multiplied once per entity instead of
 * once per pair, and the convolutions read every word once, however many spans contain it.
 */
export class SpanPairsHead {
  readonly #settings: SpanPairsSettings;
  readonly #first: ConvolutionLayer;
  readonly #second: ConvolutionLayer;
  readonly #middle: ConvolutionLayer;
  /** W₁, split by the parts of the feature vector. */
  readonly #hidden: Readonly<Record<"first" | "second" | "middle" | "left" | "right", LinearLayer>>;
  readonly #distance: Parameter;
  /** The parts of W₁ for what tags do not say of entities that may overlap. */
  readonly #nested: Readonly<Record<"firstType" | "secondType" | "overlap", Parameter>> | undefined;
  readonly #output: LinearLayer;

  /**
   * @param tags entity tags, T
   * @param labels labels of a pair, L
   * @param stateSize columns of the states, 2H
   * @param types of entities that may overlap, which the head then reads; defaults to 0: it does
   *   not
   */
  constructor(settings: SpanPairsSettings, tags: number, labels: number, stateSize: number, scope: Scope, types = 0) {
    const { spanFilters, spanWidths, mlpSize, distances } = settings;
    const convolution = (name: string): ConvolutionLayer =>
      convolutionLayer(scope.child(name), stateSize, spanFilters, spanWidths, tags);
    this.#settings = settings;
    this.#first = convolution("first");
    this.#second = convolution("second");
    this.#middle = convolution("middle");
    const pooled = spanFilters * spanWidths.length;
    const place = scope.child("hidden");
    const initial = uniform(1 / Math.sqrt(3 * pooled + 2 * stateSize + distances));
    const part = (name: string, inputs: number): LinearLayer => ({
      weight: place.child(name).dense("weight", inputs, mlpSize, initial),
    });
    this.#hidden = {
      first: part("first", pooled),
      second: part("second", pooled),
      middle: { ...part("middle", pooled), bias: place.dense("bias", 1, mlpSize, initial) },
      left: part("left", stateSize),
      right: part("right", stateSize),
    };
    this.#distance = place.child("distance").dense("weight", distances, mlpSize, initial);
    const table = (name: string, rows: number): Parameter => place.child(name).dense("weight", rows, mlpSize, initial);
    if (types > 0) {
      this.#nested = {
        firstType: table("first-type", types),
        secondType: table("second-type", types),
        overlap: table("overlap", overlapKinds),
      };
    }
    this.#output = linearLayer(scope.child("label"), mlpSize, labels);
  }

  /**
   * Computes the label scores, [Σ pairs, L], in the order of the readings and of their pairs.
   *
   * @param states BiLSTM states of all words, h, [ΣN, 2H]
   * @param offsets the start of each sentence, then the end of the last
   * @param random draws the one-hot columns that dropout zeroes; undefined outside training
   */
  forward(tape: Tape, states: Matrix, offsets: Int32Array, readings: readonly Reading[], random: Random | undefined): Matrix {
    const layout = layOut(offsets, readings);
    const { entities, pairs } = layout;
    const convolve = (layer: ConvolutionLayer, spans: Int32Array): Matrix => {
      const { labels, factor } = this.#droppedLabels(tape, layout.labels, random);
      const input = this.#drop(tape, states);
      return applyConvolution(tape, layer, { input, spans, places: { source: layout.source, labels, factor } });
    };
    const part = this.#hidden;
    const spans = packSpans(entities.map(({ placed }) => placed));
    const first = applyLinear(tape, part.first, convolve(this.#first, spans)); // W₁ f_e1, [entities, 128]
    const second = applyLinear(tape, part.second, convolve(this.#second, spans)); // W₁ f_e2
    const middle = applyLinear(tape, part.middle, convolve(this.#middle, packSpans(pairs.map(({ between }) => between)))); // [pairs, 128]
    const before = contextBefore(tape, states, entities);
    const left = applyLinear(tape, part.left, before); // W₁ f_left
    const duplicated = this.#settings.rightContext === "duplicated-left";
    const right = applyLinear(tape, part.right, duplicated ? before : contextAfter(tape, states, entities)); // W₁ f_right
    const far = this.#settings.distances - 1;
    const sum = tape.apply(operations.compose, {
      rows: pairs.length,
      columns: this.#settings.mlpSize,
      terms: [
        { input: middle },
        { input: first, rows: rowsOf(pairs, (pair) => pair.first) },
        { input: second, rows: rowsOf(pairs, (pair) => pair.second) },
        { input: left, rows: rowsOf(pairs, (pair) => pair.leftmost) },
        { input: right, rows: rowsOf(pairs, duplicated ? (pair) => pair.leftmost : (pair) => pair.rightmost) },
        {
          input: parameterMatrix(tape, this.#distance),
          rows: rowsOf(pairs, ({ between }) => Math.min(far, between.end - between.start)),
        },
        ...this.#nestedTerms(tape, layout),
      ],
    }); // W₁ f + b, [pairs, 128]
    const hidden = this.#drop(tape, tape.apply(operations.relu, sum));
    return applyLinear(tape, this.#output, hidden);
  }

  #nestedTerms(tape: Tape, { entities, pairs }: Layout): ComposeTerm[] {
    if (this.#nested === undefined) return [];
    const { firstType, secondType, overlap } = this.#nested;
    const typeOf = (entity: number): number => entities[entity]?.type ?? -1;
    return [
      { input: parameterMatrix(tape, firstType), rows: rowsOf(pairs, ({ first }) => typeOf(first)) },
      { input: parameterMatrix(tape, secondType), rows: rowsOf(pairs, ({ second }) => typeOf(second)) },
      { input: parameterMatrix(tape, overlap), rows: rowsOf(pairs, (pair) => pair.overlap) },
    ];
  }

  #drop(tape: Tape, input: Matrix): Matrix {
    return tape.apply(operations.dropout, { input, rate: this.#settings.dropout });
  }

  /** Inverted dropout on one-hot columns: a label is either scaled up or removed. */
  #droppedLabels(tape: Tape, labels: Int32Array, random: Random | undefined): { labels: Int32Array; factor: number } {
    const { dropout } = this.#settings;
    if (!tape.training || dropout === 0 || random === undefined) return { labels, factor: 1 };
    return { labels: labels.map((label) => (random.next() < dropout ? -1 : label)), factor: 1 / (1 - dropout) };
  }
}

interface PlacedEntity {
  /** The entity among the places of all readings. */
  readonly placed: Span;
  /** The entity among the packed words. */
  readonly packed: Span;
  /** The words of its sentence. */
  readonly sentence: Span;
  readonly type: number | undefined;
}

interface PlacedPair {
  /** Indices among the entities of all readings. */
  readonly first: number;
  readonly second: number;
  readonly leftmost: number;
  readonly rightmost: number;
  /** The places between the two; none if they overlap. */
  readonly between: Span;
  /** How they overlap; −1 if they do not. */
  readonly overlap: number;
}

/** Every reading has separate places for its words, since readings of a sentence differ in tags. */
interface Layout {
  /** The packed word at each place, and the tag it is read with. */
  readonly source: Int32Array;
  readonly labels: Int32Array;
  readonly entities: readonly PlacedEntity[];
  readonly pairs: readonly PlacedPair[];
}

function layOut(offsets: Int32Array, readings: readonly Reading[]): Layout {
  const source: number[] = [];
  const labels: number[] = [];
  const entities: PlacedEntity[] = [];
  const pairs: PlacedPair[] = [];
  for (const { sentence, tags, spans, types, pairs: chosen } of readings) {
    const [start = 0, end = 0] = [offsets[sentence], offsets[sentence + 1]];
    const place = source.length;
    const entity = entities.length;
    for (let i = start; i < end; i++) source.push(i);
    for (const tag of tags) labels.push(tag);
    for (const [k, span] of spans.entries()) {
      const at = { placed: shifted(span, place), packed: shifted(span, start), sentence: { start, end } };
      entities.push({ ...at, type: types?.[k] });
    }
    for (const [first, second] of chosen) {
      const [one, other] = [spans[first] as Span, spans[second] as Span];
      const leftmost = one.start <= other.start ? first : second;
      // Of overlapping spans, one may be leftmost and rightmost.
      const rightmost = one.end > other.end ? first : second;
      const from = Math.min(one.end, other.end);
      const between = { start: from, end: Math.max(from, Math.max(one.start, other.start)) };
      pairs.push({
        first: entity + first,
        second: entity + second,
        leftmost: entity + leftmost,
        rightmost: entity + rightmost,
        between: shifted(between, place),
        overlap: overlapOf(one, other),
      });
    }
  }
  return { source: Int32Array.from(source), labels: Int32Array.from(labels), entities, pairs };
}

function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

function packSpans(spans: readonly Span[]): Int32Array {
  const packed = new Int32Array(2 * spans.length);
  for (const [k, { start, end }] of spans.entries()) {
    packed[2 * k] = start;
    packed[2 * k + 1] = end;
  }
  return packed;
}

/**
 * LSTM-minus over the words before each entity (Wang and Chang 2016): h→ of the last word before it
 * ⊕ (h← of the sentence's first word − h← of the entity's first word).
 */
function contextBefore(tape: Tape, states: Matrix, entities: readonly PlacedEntity[]): Matrix {
  const half = states.columns / 2;
  const back = { input: states, from: half, columns: half, to: half };
  return tape.apply(operations.compose, {
    rows: entities.length,
    columns: states.columns,
    terms: [
      {
        input: states,
        columns: half,
        rows: rowsOf(entities, ({ packed, sentence }) => (packed.start > sentence.start ? packed.start - 1 : -1)),
      },
      { ...back, rows: rowsOf(entities, ({ sentence }) => sentence.start) },
      { ...back, rows: rowsOf(entities, ({ packed }) => packed.start), factor: -1 },
    ],
  });
}

/**
 * LSTM-minus over the words after each entity: (h→ of the sentence's last word − h→ of the entity's
 * last word) ⊕ h← of the first word after it.
 */
function contextAfter(tape: Tape, states: Matrix, entities: readonly PlacedEntity[]): Matrix {
  const half = states.columns / 2;
  const ahead = { input: states, columns: half };
  return tape.apply(operations.compose, {
    rows: entities.length,
    columns: states.columns,
    terms: [
      { ...ahead, rows: rowsOf(entities, ({ sentence }) => sentence.end - 1) },
      { ...ahead, rows: rowsOf(entities, ({ packed }) => packed.end - 1), factor: -1 },
      {
        input: states,
        from: half,
        columns: half,
        to: half,
        rows: rowsOf(entities, ({ packed, sentence }) => (packed.end < sentence.end ? packed.end : -1)),
      },
    ],
  });
}

function rowsOf<Item>(items: readonly Item[], row: (item: Item) => number): Int32Array {
  const rows = new Int32Array(items.length);
  for (const [k, item] of items.entries()) rows[k] = row(item);
  return rows;
}
