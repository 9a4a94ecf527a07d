import { computed, effect, signal } from "@preact/signals";
import type { Entity, Relation } from "@weft-nlp/core";
import { keepAnnotation } from "@weft-nlp/draw";
import { exampleText } from "./example-text.ts";
import type { LocalModel } from "./local-model/local-model.ts";
import { followEdit, type GivenEntity } from "./marked-entities.ts";
import { remember } from "./recent-documents.ts";
import { type Extract, extractOnServer, type Found, listModels, type ModelEntry } from "./run-extraction.ts";
import { type SentencePart, sentenceParts } from "./sentence-parts.ts";

/**
 * The server returns everything from this threshold up; the sliders filter that without a new
 * request.
 */
export const lowestThreshold = 0.05;

export const text = signal(exampleText);
/** The entities for models that relate given ones; they follow edits of the text. */
export const given = signal<readonly GivenEntity[]>([]);
/** The models of the server. */
const servedModels = signal<readonly ModelEntry[]>([]);
/** The models that run in this page. */
export const localModels = signal<readonly LocalModel[]>([]);
export const models = computed(() => [...servedModels.value, ...localModels.value.map(({ entry }) => entry)]);
export const chosenModel = signal("");
export const found = signal<Found | null>(null);
export const busy = signal(false);
export const failure = signal<{ readonly error: unknown; readonly retry: (() => void) | undefined } | null>(null);

/** Min confidence of shown relations; `null` for the model's own threshold. */
export const relationThreshold = signal<number | null>(null);
export const entityThreshold = signal(0);
export const hiddenEntityTypes = signal<ReadonlySet<string>>(new Set());
export const hiddenRelationTypes = signal<ReadonlySet<string>>(new Set());

/** The label of entities without a type in filters. */
const untyped = "no type";

export const model = computed(() => models.value.find(({ name }) => name === chosenModel.value) ?? models.value[0]);

/** The sentences of the result, unfiltered. */
export const parts = computed<readonly SentencePart[]>(() => (found.value === null ? [] : sentenceParts(found.value.document)));

/** The parts above the sliders' thresholds. */
const sure = computed(() => {
  const own = found.value?.model.threshold ?? 0.5;
  const [entityMin, relationMin] = [entityThreshold.value, relationThreshold.value];
  return {
    entity: ({ confidence = 1 }: Entity) => confidence >= entityMin,
    relation: ({ type, confidence = 1 }: Relation) =>
      confidence >= (relationMin ?? (typeof own === "number" ? own : (own[type] ?? 0.5))),
  };
});

/** The filter that the sliders and the hidden types define. */
export const filter = computed(() => {
  const { entity, relation } = sure.value;
  const [noEntity, noRelation] = [hiddenEntityTypes.value, hiddenRelationTypes.value];
  return {
    entity: (each: Entity) => entity(each) && !noEntity.has(each.type ?? untyped),
    relation: (each: Relation) => relation(each) && !noRelation.has(each.type),
  };
});

/** The filtered result, for the graph and for export. */
export const shown = computed(() => (found.value === null ? null : keepAnnotation(found.value.document, filter.value).source));

/**
 * Every type in the result with the number of its parts above the threshold; most frequent first.
 */
export const typeCounts = computed(() => {
  const all = found.value?.document ?? { entities: [], relations: [] };
  const { entities, relations } = keepAnnotation(all, sure.value).source;
  const names = (items: readonly (Entity | Relation)[]) => items.map(({ type }) => type ?? untyped);
  return {
    entities: countTypes(names(all.entities), names(entities)),
    relations: countTypes(names(all.relations), names(relations)),
  };
});

function countTypes(given: readonly string[], sure: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(given.map((type) => [type, 0]));
  for (const type of sure) counts.set(type, (counts.get(type) ?? 0) + 1);
  return new Map([...counts].sort(([one, a], [other, b]) => b - a || one.localeCompare(other)));
}

export const view = signal<"text" | "document" | "graph">("text");

let known = text.peek();
effect(() => {
  const before = known;
  known = text.value;
  given.value = followEdit(given.peek(), before, known);
});

let running: AbortController | null = null;

export async function loadModels(): Promise<void> {
  try {
    servedModels.value = await listModels();
    failure.value = null;
  } catch (error) {
    failure.value = { error, retry: () => void loadModels() };
  }
}

/** Extracts from the text; aborts a running request. */
export async function run(): Promise<void> {
  const asked = model.value;
  if (asked === undefined || text.value.trim() === "") return;
  running?.abort();
  const controller = new AbortController();
  running = controller;
  busy.value = true;
  failure.value = null;
  const started = performance.now();
  // It may be edited meanwhile.
  const words = text.value;
  try {
    const document = await extractorOf(asked)(words, asked, lowestThreshold, controller.signal, given.value);
    if (running !== controller) return;
    found.value = { document, model: asked, seconds: (performance.now() - started) / 1000 };
    if (words !== exampleText) remember(words);
  } catch (error) {
    if (running === controller) failure.value = { error, retry: () => void run() };
  } finally {
    if (running === controller) busy.value = false;
  }
}

/** The extractor of a model: in this page or on the server. */
export function extractorOf(asked: ModelEntry): Extract {
  return localModels.value.find(({ entry }) => entry === asked)?.extract ?? extractOnServer;
}

export function stop(): void {
  running?.abort();
  running = null;
  busy.value = false;
}
