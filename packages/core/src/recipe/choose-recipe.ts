import type { CorpusFacts } from "./corpus-facts.ts";

/** Sections of a configuration, without its data and seed. */
export type RecipeSettings = Readonly<Record<string, unknown>>;

/** A choice with its reason, one line each. */
export interface RecipeChoice {
  /** What the choice is about: `model`, `inputs`, …, or `changed` for what the caller changed. */
  readonly about: string;
  /** What was chosen, in words. */
  readonly choice: string;
  readonly reason: string;
}

/** How to train on a corpus. */
export interface Recipe {
  /** The settings that measured best for such data. */
  readonly settings: RecipeSettings;
  /** A small model that is trained in about a minute. */
  readonly quick: RecipeSettings;
  readonly choices: readonly RecipeChoice[];
}

/** What else decides, apart from the corpus. */
export interface RecipeOptions {
  /** Whether a text comes with its entities; by default, if the corpus looks like it. */
  readonly entities?: "given" | "found" | undefined;
  /** A pretrained encoder to read, by its name. */
  readonly encoder?: string | undefined;
  /** Encoders in the cache, which are named as an option. */
  readonly encoders?: readonly string[] | undefined;
}

/**
 * Chooses model, inputs and training for a corpus: what measured best on corpora of its kind, in
 * docs/results, scaled to its size.
 */
export function chooseRecipe(facts: CorpusFacts, options: RecipeOptions = {}): Recipe {
  const kind = kindOf(facts, options);
  const chosen = recipes[kind.name](facts);
  const training = sized(facts, chosen.full, chosen.size);
  const model = withEncoder(chosen.model, options.encoder);
  const vectors = vectorsFor(facts, kind.name);
  const vocabulary = { ...chosen.vocabulary, ...(facts.script === "Latin" ? {} : { foldCase: false }) };
  const shared = { vectors: vectors.value, vocabulary: settled(vocabulary) };
  return {
    settings: { ...shared, model, optimizer: chosen.optimizer, training },
    quick: { ...shared, ...quickOf(facts, kind.name, chosen) },
    choices: [
      { about: "model", choice: kind.name, reason: kind.reason },
      { about: "vectors", choice: vectors.choice, reason: vectors.reason },
      inputsOf(facts, model),
      encoderChoice(options),
      { about: "training", choice: lengthWords(training), reason: lengthReason(facts) },
    ],
  };
}

type Kind = "joint-nn" | "rin" | "bio-mtl" | "bilstm-tagger";

/** From this share on, a model that gives a pair one relation misses too many. */
const manySharedPairs = 0.1;

function kindOf(facts: CorpusFacts, { entities }: RecipeOptions): { readonly name: Kind; readonly reason: string } {
  const { relations, typed, sharedPairs, onePair } = facts;
  if (relations === 0) return { name: "bilstm-tagger", reason: "no relation is annotated, so the model finds entities" };
  if (entities === "given") return { name: "bio-mtl", reason: "entities are given, so it relates pairs of them" };
  if (entities === undefined && onePair) {
    return { name: "bio-mtl", reason: "every sentence has one pair of entities: they are given, and the pair is classified" };
  }
  if (!typed) return { name: "rin", reason: "entities have no types; it measures best on such data" };
  if (sharedPairs >= manySharedPairs) {
    return {
      name: "rin",
      reason: `${percent(sharedPairs)} of the relations share their pair with another, and it finds several`,
    };
  }
  return { name: "joint-nn", reason: "entities have types; it measures best on such data" };
}

interface KindRecipe {
  readonly model: RecipeSettings;
  readonly vocabulary: RecipeSettings;
  readonly optimizer: RecipeSettings;
  readonly full: RecipeSettings;
  /** Epochs for a corpus of a thousand sentences. */
  readonly size: { readonly epochs: number; readonly batch: number };
}

const rareWords = { minCount: 2, foldNumbers: true, unknown: "shape" };
const linear = { schedule: { name: "linear" } };

const recipes: Readonly<Record<Kind, (facts: CorpusFacts) => KindRecipe>> = {
  "joint-nn": (facts) => ({
    model: { name: "joint-nn", hiddenSize: 128, wordDropout: 0.05, ...formInput(facts) },
    vocabulary: { foldCase: true, scheme: "bilou", ...rareWords },
    optimizer: { name: "adam", rate: 0.002 },
    full: { maxNorm: 1, tables: "dense", ...linear },
    size: { epochs: 60, batch: 20 },
  }),
  rin: (facts) => ({
    model: facts.typed
      ? { name: "rin", rounds: 2, inputDropout: 0.5, wordDropout: 0.05, ...formInput(facts) }
      : { name: "rin", rounds: 3, wordDropout: 0.04 },
    vocabulary: facts.typed ? { foldCase: true, ...rareWords } : {},
    optimizer: { name: "adam", rate: 0.002 },
    full: linear,
    size: facts.typed ? { epochs: 60, batch: 20 } : { epochs: 60, batch: 50 },
  }),
  "bio-mtl": () => ({
    model: { name: "bio-mtl", pairs: "directed" },
    vocabulary: { minCount: 2, unknown: "shape" },
    optimizer: { name: "rmsprop", rate: 0.001 },
    full: { chunk: 10, maxNorm: 100 },
    size: { epochs: 25, batch: 50 },
  }),
  "bilstm-tagger": (facts) => ({
    model: { name: "bilstm-tagger", dropout: 0.3, wordDropout: 0.05, ...formInput(facts) },
    vocabulary: { foldCase: true, ...rareWords },
    optimizer: { name: "adam", rate: 0.004 },
    full: linear,
    size: { epochs: 40, batch: 10 },
  }),
};

/** The shape of a word says nothing where a token is a character or the script has no capitals. */
function formInput({ script, characters }: CorpusFacts): RecipeSettings {
  return hasCapitals(script) && !characters ? { inputs: { wordShape: "on" } } : {};
}

function hasCapitals(script: string): boolean {
  return script === "Latin" || script === "Cyrillic" || script === "Greek";
}

/** Steps below which a network of this kind has hardly learnt a relation. */
const minSteps = 2500;

/**
 * Epochs and batch for the size of a corpus: fewer epochs for more sentences, and smaller batches
 * for few sentences, so that little data is trained on long enough.
 */
function sized(
  { sentences }: CorpusFacts,
  full: RecipeSettings,
  { epochs, batch }: KindRecipe["size"],
): RecipeSettings & { readonly epochs: number; readonly batch: number } {
  const scaled = Math.round(epochs * (1000 / Math.max(1, sentences)) ** 0.25);
  const bounded = Math.min(2 * epochs, Math.max(8, scaled));
  const wanted = Math.floor((sentences * bounded) / minSteps);
  const own = Math.max(4, Math.min(batch, wanted));
  return { epochs: bounded, batch: own, ...(own < 10 ? { chunk: Math.ceil(own / 2) } : {}), patience: 20, ...full };
}

/** Max number of epochs of the quick model, for little data. */
const quickEpochs = 40;

/** Tokens that the quick model sees in one epoch and in all, at most. */
const quickTokens = { epoch: 60_000, all: 400_000 };

function quickOf(facts: CorpusFacts, kind: Kind, { vocabulary, model, optimizer, full, size }: KindRecipe): RecipeSettings {
  const mean = Math.max(1, facts.tokensPerSentence.mean);
  const trainSentences = Math.max(20, Math.min(facts.sentences, Math.floor(quickTokens.epoch / mean)));
  const epochs = Math.max(4, Math.min(quickEpochs, Math.round(quickTokens.all / (trainSentences * mean))));
  const { batch } = sized({ ...facts, sentences: trainSentences }, full, size);
  const training = { epochs, batch: Math.min(batch, 10), chunk: 5 };
  const data = trainSentences < facts.sentences ? { data: { trainSentences } } : {};
  if (kind === "joint-nn" || kind === "rin") {
    const { scheme: _, ...own } = vocabulary;
    const inputs = "inputs" in model ? { inputs: model["inputs"] } : {};
    const small = { name: "rin", rounds: 1, inputDropout: 0.3, wordDropout: 0.05, ...inputs };
    return {
      vocabulary: settled({ ...own, ...(hasCapitals(facts.script) ? {} : { foldCase: false }) }),
      ...{ model: small, optimizer: { name: "adam", rate: 0.003 }, training: { ...training, ...linear }, ...data },
    };
  }
  return { model, optimizer, training: { ...full, ...training }, ...data };
}

function vectorsFor({ script, english }: CorpusFacts, kind: Kind): { value: string; choice: string; reason: string } {
  if (kind === "bio-mtl")
    return { value: "off", choice: "none", reason: "its word embeddings are wider than the shipped vectors" };
  if (script !== "Latin")
    return { value: "off", choice: "none", reason: `the text is in ${script} script, the shipped vectors are English` };
  if (english) return { value: "auto", choice: "@weft-nlp/vectors-en", reason: "the text is English" };
  return {
    ...{ value: "auto", choice: "@weft-nlp/vectors-en" },
    reason: "the script is Latin; if the text is not English, vectors of its language are better",
  };
}

function inputsOf({ characters, script }: CorpusFacts, model: RecipeSettings): RecipeChoice {
  const reads = ["words"];
  if (model["name"] === "joint-nn") reads.push("characters");
  if ("inputs" in model && JSON.stringify(model["inputs"]).includes("wordShape")) reads.push("word shape");
  const reason = characters
    ? "a token is a character here"
    : reads.includes("word shape")
      ? "capitals and digits tell names from other words"
      : hasCapitals(script)
        ? "what this model was measured with"
        : "the script has no capitals";
  return { about: "inputs", choice: reads.join(", "), reason };
}

function encoderChoice({ encoder, encoders = [] }: RecipeOptions): RecipeChoice {
  const about = "encoder";
  if (encoder !== undefined) return { about, choice: encoder, reason: "asked for" };
  const [first] = encoders;
  if (first === undefined) {
    return { about, choice: "none", reason: "none is in the cache; weft encoder add NAME gets one, which takes twice the time" };
  }
  return { about, choice: "none", reason: `--encoder ${first} uses the one in the cache: often better, twice the time` };
}

function withEncoder(model: RecipeSettings, encoder: string | undefined): RecipeSettings {
  if (encoder === undefined) return model;
  const inputs = "inputs" in model ? (model["inputs"] as RecipeSettings) : {};
  return { ...model, inputs: { ...inputs, encoder: { name: encoder } } };
}

function lengthWords({ epochs, batch }: { readonly epochs: number; readonly batch: number }): string {
  return `up to ${epochs} epochs in batches of ${batch}`;
}

function lengthReason({ sentences }: CorpusFacts): string {
  const size =
    sentences < 500
      ? "little data is trained on longer"
      : sentences > 5000
        ? "much data needs fewer epochs"
        : "usual for this size";
  return `${sentences} sentences: ${size}; 20 epochs without progress on dev end it`;
}

function settled(vocabulary: RecipeSettings): RecipeSettings {
  return Object.fromEntries(Object.entries(vocabulary).filter(([, value]) => value !== false));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
