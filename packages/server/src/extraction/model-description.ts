import type { ModelEntry, ModelLabels } from "@weft-nlp/api";
import { entityTypesOf, type Lexicon } from "@weft-nlp/core/vocabulary";
import type { ServedModel } from "./model-registry.ts";
import type { ServedRuns } from "./served-runs.ts";

export function describeSchema({ name, extractor }: ServedModel): ModelLabels {
  const { lexicon } = extractor.model.description;
  const pairs = lexicon.argumentTypes?.names.map((label) => {
    const [head = "", tail = ""] = label.split("\t");
    return { head, tail };
  });
  return { model: name, ...labelsOf(lexicon), ...(pairs === undefined ? {} : { argumentTypes: pairs }) };
}

export function describeModel(
  { name, folder, extractor: { model }, loadedAt }: ServedModel,
  isDefault: boolean,
  servedRuns: ServedRuns,
): ModelEntry {
  const { description, definition, store, engine } = model;
  const { words } = description.lexicon;
  return {
    name,
    default: isDefault,
    kind: definition.name,
    paper: definition.paper,
    needsEntities: definition.capabilities.needsGoldEntities,
    ...labelsOf(description.lexicon),
    threshold: description.threshold,
    parameters: store.layout.reduce((sum, { rows, columns }) => sum + rows * columns, 0),
    words: words.size,
    kernels: engine.build,
    loadedAt: loadedAt.toISOString(),
    ...servedRuns.describe({ name, folder }),
  };
}

function labelsOf(lexicon: Lexicon): { entityTypes: string[]; relationTypes: string[] } {
  return { entityTypes: entityTypesOf(lexicon), relationTypes: [...lexicon.relations.names] };
}
