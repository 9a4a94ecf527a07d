import type { Document } from "@weft-nlp/core";
import { charSpan, roundConfidence } from "@weft-nlp/core";
import { marksMentions } from "@weft-nlp/core/formats";
import * as z from "zod";
import type { ServerContext } from "../context.ts";
import { extractTexts } from "../extraction/extract-texts.ts";
import { readDocumentRequest } from "../extraction/extraction.ts";
import { boundPairs } from "../extraction/given-entities.ts";
import { describeSchema } from "../extraction/model-description.ts";
import type { App } from "../http/app.ts";
import { requestScope } from "../http/request-scope.ts";
import { type CasAnnotation, type NewAnnotation, relationEnds, Xmi } from "./xmi.ts";

/** INCEpTION sends more, which Weft does not need. */
const predictBody = z.looseObject({
  metadata: z.looseObject({ layer: z.string().min(1), feature: z.string().min(1) }),
  document: z.looseObject({ xmi: z.string() }),
  typeSystem: z.string(),
});

/**
 * An external recommender for INCEpTION: `POST /inception/predict` takes a document as XMI and
 * returns it with suggestions for one feature of one layer. On a layer of relations it relates the
 * annotations that the document has.
 */
export async function inceptionRoutes(app: App, context: ServerContext): Promise<void> {
  app.route({
    method: "POST",
    url: "/inception/predict",
    schema: { hide: true, body: predictBody },
    handler: async ({ body }, reply) => {
      const { metadata, document, typeSystem } = body;
      const xmi = await Xmi.read(document.xmi);
      const ends = await relationEnds(typeSystem, metadata.layer);
      const given = ends === undefined ? [] : mentionsOf(xmi, ends);
      const found = await read(context, xmi, given, requestScope(reply, context.limits));
      const layer = { type: metadata.layer, feature: metadata.feature };
      const added = ends === undefined ? spansOf(found, layer) : relationsOf(found, given, layer);
      return { document: xmi.with(added) };
    },
  });
}

interface Layer {
  readonly type: string;
  readonly feature: string;
}

/** The annotations that relations of a layer may join. */
function mentionsOf({ annotations }: Xmi, type: string): CasAnnotation[] {
  return annotations.filter((each) => {
    if ("Governor" in each.features || each.end <= each.start) return false;
    return type === "uima.tcas.Annotation" ? marksMentions(each.type) && each.type !== type : each.type === type;
  });
}

async function read(
  { registry, limits, metrics }: ServerContext,
  { text }: Xmi,
  given: readonly CasAnnotation[],
  scope: { readonly deadline: number; readonly signal: AbortSignal },
): Promise<Document> {
  const lease = registry.lease(undefined);
  const { served } = lease;
  try {
    const types = describeSchema(served).entityTypes;
    const entities = given.map((each) => ({ startChar: each.start, endChar: each.end, type: typeOf(each, types) }));
    const needed = served.extractor.model.definition.capabilities.needsGoldEntities;
    const request = { text, ...(needed ? { entities } : {}) };
    const one = readDocumentRequest(request, "document.xmi", {}, limits, served.extractor.model.description.text);
    boundPairs(served, [one.document], "document", limits);
    served.batcher.checkRoom(1, scope.deadline);
    for await (const { document } of extractTexts(served, [one], {}, scope)) {
      metrics.onText(served.name, "ok");
      return document;
    }
    throw new RangeError("expected one document for one text");
  } finally {
    lease.release();
  }
}

/** The first feature whose value is a type of the model. */
function typeOf({ features }: CasAnnotation, types: readonly string[]): string | null {
  return Object.values(features).find((value) => types.includes(value)) ?? null;
}

function spansOf(document: Document, layer: Layer): NewAnnotation[] {
  return document.entities.map((entity) => ({
    type: layer.type,
    ...charSpan(document, entity),
    features: suggestion(layer, entity.type ?? "", entity.confidence),
  }));
}

/** INCEpTION takes a relation only between annotations that are there. */
function relationsOf(document: Document, given: readonly CasAnnotation[], layer: Layer): NewAnnotation[] {
  return document.relations.flatMap(({ head, tail, type, confidence }) => {
    const [from, to] = [head, tail].map((index) => {
      const entity = document.entities[index];
      return entity === undefined ? undefined : closest(charSpan(document, entity), given);
    });
    if (from === undefined || to === undefined || from.id === to.id) return [];
    const features = { Governor: from.id, Dependent: to.id, ...suggestion(layer, type, confidence) };
    // A relation lies where its dependent is.
    return [{ type: layer.type, start: to.start, end: to.end, features }];
  });
}

function suggestion({ feature }: Layer, label: string, confidence = 1): NewAnnotation["features"] {
  return { [feature]: label, [`${feature}_score`]: roundConfidence(confidence), inception_internal_predicted: true };
}

/** The annotation with the same span, or else the one that shares the most characters with it. */
function closest(
  { start, end }: { readonly start: number; readonly end: number },
  given: readonly CasAnnotation[],
): CasAnnotation | undefined {
  const shared = (each: CasAnnotation): number => {
    const common = Math.min(end, each.end) - Math.max(start, each.start);
    return common <= 0 ? 0 : common / (Math.max(end, each.end) - Math.min(start, each.start));
  };
  const best = given.reduce<CasAnnotation | undefined>(
    (most, each) => (most === undefined || shared(each) > shared(most) ? each : most),
    undefined,
  );
  return best !== undefined && shared(best) >= 0.5 ? best : undefined;
}
