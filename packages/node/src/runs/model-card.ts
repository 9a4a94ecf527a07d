import type { PretrainedEncoder } from "@weft-nlp/core/encoders";
import type { BuiltModel } from "@weft-nlp/core/inference";
import { formatMarkdown, type Report } from "@weft-nlp/core/metrics";
import type { DevScore, TrainConfig, VectorsReport } from "@weft-nlp/core/training";
import { entityTypesOf } from "@weft-nlp/core/vocabulary";
import { kernelMark } from "@weft-nlp/tensor";
import { shortPath } from "./resolve-paths.ts";
import { vectorsLines } from "./vectors-words.ts";

export interface CardFacts {
  readonly config: TrainConfig;
  readonly train: number;
  readonly dev: Report;
  readonly test: Report | undefined;
  readonly vectors: VectorsReport | undefined;
  /** Whether the model's folder contains the pretrained encoders that it reads. */
  readonly withEncoder?: boolean | undefined;
}

/**
 * The README of a model: what it is, what it was trained on, and its scores with their protocols.
 */
export function modelCard(
  { description, definition, store, engine, frozen }: BuiltModel,
  { config, train, dev, test, vectors, withEncoder = false }: CardFacts,
): string {
  const { lexicon } = description;
  const numbers = store.layout.reduce((total, { rows, columns }) => total + rows * columns, 0);
  const types = entityTypesOf(lexicon);
  return `# ${description.name} (${definition.paper})

${purposeOf(definition)} Trained with Weft on ${train} sentences of \`${shortPath(config.data.train)}\`, seed ${config.seed}.

- Relation types (${lexicon.relations.size}): ${lexicon.relations.names.map((name) => `\`${name}\``).join(", ")}
- Entity types: ${types.length === 0 ? "none, entities are untyped" : types.map((name) => `\`${name}\``).join(", ")}
- ${numbers} numbers, a vocabulary of ${lexicon.words.size} words of train
- ${vectorsFact(vectors)}
- Kernels: \`${kernelMark(engine.build)}\`
${frozen.encoders.map((encoder) => `${encoderLine(encoder, frozen, withEncoder)}\n`).join("")}
The epoch was chosen on dev${test === undefined ? "" : "; test was read once, at the end"}.

## Scores on dev

${formatMarkdown(dev)}
${test === undefined ? "" : `\n## Scores on test\n\n${formatMarkdown(test)}\n`}`;
}

/** The README of a model whose training has not ended: its best epoch so far. */
export function unfinishedCard({ description: { name }, definition }: BuiltModel, score: DevScore, epoch: number): string {
  const points = (f1: number): string => (100 * f1).toFixed(1);
  const entities = score.entities === undefined ? "" : `, entities ${points(score.entities)}`;
  return `# ${name} (${definition.paper})

${purposeOf(definition)} The best so far of a training that has not ended: epoch ${epoch}, F1 on dev ${points(score.score)}${entities}.
`;
}

function vectorsFact(vectors: VectorsReport | undefined): string {
  if (vectors === undefined) return "No word vectors";
  const [what, ...coverage] = vectorsLines(vectors);
  const checksum = vectors.sha256 === undefined ? "" : `, SHA-256 \`${vectors.sha256}\``;
  return `Word vectors: ${what}${checksum}; ${coverage.join(", ")}`;
}

function encoderLine(
  { name, checksum, shape }: PretrainedEncoder,
  { trained }: BuiltModel["frozen"],
  contained: boolean,
): string {
  const facts = `\`${name}\` (${shape.family}, ${shape.layers} layers of ${shape.width}; SHA-256 \`${checksum}\`)`;
  if (trained.some(({ encoder }) => encoder.checksum === checksum)) {
    return `- Contains the pretrained encoder ${facts}, trained further with the model`;
  }
  const where = contained ? "in this folder" : `not in this folder: \`weft encoder add ${name}\``;
  return `- Reads the pretrained encoder ${facts}, ${where}`;
}

function purposeOf({ capabilities, parts = [] }: BuiltModel["definition"]): string {
  if (capabilities.needsGoldEntities) return "Finds the relations between given entities.";
  if (capabilities.findsRelations === false) return "Finds entities.";
  const made =
    parts.length === 0 ? "" : ` The ${parts.map(({ name }) => name).join(" and the ")} were trained one after the other.`;
  return `Finds entities and the relations between them.${made}`;
}
