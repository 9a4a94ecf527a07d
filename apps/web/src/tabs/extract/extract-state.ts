import { computed, effect, signal } from "@preact/signals";
import type { Entity, Relation } from "@weft-nlp/core";
import { keepAnnotation } from "@weft-nlp/draw";
import { exampleText } from "./example-text.ts";
import type { LocalModel } from "./local-model/local-model.ts";
import { followEdit, type GivenEntity } from "./marked-entities.ts";
import { type Extract, extractOnServer, type Found, listModels, type ModelEntry } from "./run-extraction.ts";
import { type SentencePart, sentenceParts } from "./sentence-parts.ts";

/**
 * The server is asked once for everything from here up; the sliders choose from that without asking
 * again.
 */
export const lowestThreshold = 0.05;

export const text = signal(exampleText);
/** What models that relate given entities are given; it goes with the text as that is edited. */
export const given = signal<readonly GivenEntity[]>([]);
/** Those of the server. */
const servedModels = signal<readonly ModelEntry[]>([]);
/** Those that run in this page. */
export const localModels = signal<readonly LocalModel[]>([]);
export const models = computed(() => [...servedModels.value, ...localModels.value.map(({ entry }) => entry)]);
export const chosenModel = signal("");
export const found = signal<Found | null>(null);
export const busy = signal(false);
export const failure = signal<{ readonly error: unknown; readonly retry: () => void } | null>(null);

/** From which confidence relations are shown; `null` is the model's own threshold. */
export const relationThreshold = signal<number | null>(null);
export const entityThreshold = signal(0);
export const hiddenEntityTypes = signal<ReadonlySet<string>>(new Set());
export const hiddenRelationTypes = signal<ReadonlySet<string>>(new Set());

/** How an entity without a type is called in filters. */
const untyped = "no type";

export const model = computed(() => models.value.find(({ name }) => name === chosenModel.value) ?? models.value[0]);

/** The sentences of the result with all that the model gave. */
export const parts = computed<readonly SentencePart[]>(() => (found.value === null ? [] : sentenceParts(found.value.document)));

/** What is sure enough for the sliders. */
const sure = computed(() => {
  const own = found.value?.model.threshold ?? 0.5;
  const [entityMin, relationMin] = [entityThreshold.value, relationThreshold.value];
  return {
    entity: ({ confidence = 1 }: Entity) => confidence >= entityMin,
    relation: ({ type, confidence = 1 }: Relation) =>
      confidence >= (relationMin ?? (typeof own === "number" ? own : (own[type] ?? 0.5))),
  };
});

/** What the sliders and the types that are hidden leave of any piece of the result. */
export const filter = computed(() => {
  const { entity, relation } = sure.value;
  const [noEntity, noRelation] = [hiddenEntityTypes.value, hiddenRelationTypes.value];
  return {
    entity: (each: Entity) => entity(each) && !noEntity.has(each.type ?? untyped),
    relation: (each: Relation) => relation(each) && !noRelation.has(each.type),
  };
});

/** The whole result as it is shown, for the graph and for what is copied. */
export const shown = computed(() => (found.value === null ? null : keepAnnotation(found.value.document, filter.value).source));

/**
 * Every type that the model gave at all, with how many of it are sure enough; the most frequent
 * first.
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

/** Asks for what is in the text; a request that is still under way is given up. */
export async function run(): Promise<void> {
  const asked = model.value;
  if (asked === undefined || text.value.trim() === "") return;
  running?.abort();
  const controller = new AbortController();
  running = controller;
  busy.value = true;
  failure.value = null;
  const started = performance.now();
  try {
    const document = await extractorOf(asked)(text.value, asked, lowestThreshold, controller.signal, given.value);
    if (running !== controller) return;
    found.value = { document, model: asked, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    if (running === controller) failure.value = { error, retry: () => void run() };
  } finally {
    if (running === controller) busy.value = false;
  }
}

/** Whoever runs a model: this page or the server. */
export function extractorOf(asked: ModelEntry): Extract {
  return localModels.value.find(({ entry }) => entry === asked)?.extract ?? extractOnServer;
}

export function stop(): void {
  running?.abort();
  running = null;
  busy.value = false;
}
