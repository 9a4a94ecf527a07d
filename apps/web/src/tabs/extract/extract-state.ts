import { computed, signal } from "@preact/signals";
import { keepAnnotation } from "@weft/core";
import { exampleText } from "./example-text.ts";
import { type Extract, extractOnServer, type Found, listModels, type ModelEntry } from "./extraction.ts";
import { type SentencePart, sentenceParts } from "./sentence-parts.ts";

/** The server is asked once for everything from here up; the sliders choose from that without asking again. */
export const lowestThreshold = 0.05;

export const text = signal(exampleText);
export const models = signal<readonly ModelEntry[]>([]);
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
export const untyped = "no type";

export const model = computed(() => models.value.find(({ name }) => name === chosenModel.value) ?? models.value[0]);

/** The sentences of the result with all that the model gave. */
export const parts = computed<readonly SentencePart[]>(() => (found.value === null ? [] : sentenceParts(found.value.document)));

/** What the sliders and filters leave of any piece of the result. */
export const filter = computed(() => {
  const own = found.value?.model.threshold ?? 0.5;
  const least = relationThreshold.value;
  const [entityLeast, noEntity, noRelation] = [entityThreshold.value, hiddenEntityTypes.value, hiddenRelationTypes.value];
  return {
    entity: ({ type, confidence = 1 }: { type: string | null; confidence?: number | undefined }) =>
      confidence >= entityLeast && !noEntity.has(type ?? untyped),
    relation: ({ type, confidence = 1 }: { type: string; confidence?: number | undefined }) =>
      confidence >= (least ?? (typeof own === "number" ? own : (own[type] ?? 0.5))) && !noRelation.has(type),
  };
});

/** The whole result as it is shown, for the graph and for what is copied. */
export const shown = computed(() => (found.value === null ? null : keepAnnotation(found.value.document, filter.value).source));

let running: AbortController | null = null;

export async function loadModels(): Promise<void> {
  try {
    models.value = await listModels();
    failure.value = null;
  } catch (error) {
    failure.value = { error, retry: () => void loadModels() };
  }
}

/** Asks for what is in the text; a request that is still under way is given up. */
export async function run(extract: Extract = extractOnServer): Promise<void> {
  const asked = model.value;
  if (asked === undefined || text.value.trim() === "") return;
  running?.abort();
  const controller = new AbortController();
  running = controller;
  busy.value = true;
  failure.value = null;
  const started = performance.now();
  try {
    const document = await extract(text.value, asked, lowestThreshold, controller.signal);
    if (running !== controller) return;
    found.value = { document, model: asked, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    if (running === controller) failure.value = { error, retry: () => void run(extract) };
  } finally {
    if (running === controller) busy.value = false;
  }
}

export function stop(): void {
  running?.abort();
  running = null;
  busy.value = false;
}
