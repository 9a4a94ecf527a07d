import { computed, signal } from "@preact/signals";
import { newMarking } from "../../parts/marking.ts";
import { ApiError } from "../../server-requests.ts";
import type { PartName } from "../../weft-arcs/drawing-parts.ts";
import { type Annotated, byDoubt, edits, type History, history, partOf, sameAnnotation } from "./annotation-edit.ts";
import { annotator } from "./annotator.ts";
import { type CorrectionSentence, corrections, type ProjectEntry, type Sort } from "./corrections-api.ts";
import { drafts } from "./drafts.ts";

/** A sentence being edited: the server's version, the local version, and the state between them. */
export interface Working {
  readonly server: CorrectionSentence;
  readonly history: History;
  readonly state: "saved" | "saving" | "offline" | "conflict" | "refused";
  /** Set if the state is `refused`. */
  readonly error?: unknown;
}

export const project = signal<ProjectEntry | null>(null);
export const sort = signal<Sort>("uncertainty");
export const position = signal(0);
export const failure = signal<{ readonly error: unknown; readonly retry: () => void } | null>(null);
export const marking = newMarking();
export const { words, chosen } = marking;
/** True once the server reports that the project no longer exists. */
export const gone = signal(false);
/**
 * Two entities that wait for the type of their relation; without a tail while the user picks it.
 */
export const relating = signal<{ readonly head: number; readonly tail?: number } | null>(null);
/** Types added by the user, besides those of the project. */
export const addedTypes = signal<{ readonly entity: readonly string[]; readonly relation: readonly string[] }>({
  entity: [],
  relation: [],
});

/** Ids by position in the order. */
export const order = signal<ReadonlyMap<number, number>>(new Map());
export const sentences = signal<ReadonlyMap<number, Working>>(new Map());

export const current = computed(() => sentences.value.get(order.value.get(position.value) ?? -1) ?? null);
export const entityTypes = computed(() => [...new Set([...(project.value?.entityTypes ?? []), ...addedTypes.value.entity])]);
export const relationTypes = computed(() => [
  ...new Set([...(project.value?.relationTypes ?? []), ...addedTypes.value.relation]),
]);

/** The worst state of all sentences, for a user who is about to leave. */
export const saveState = computed<Working["state"]>(() => {
  const states = new Set([...sentences.value.values()].map(({ state }) => state));
  return (["conflict", "refused", "offline", "saving"] as const).find((state) => states.has(state)) ?? "saved";
});

const pageSize = 50;
/** The most that the server gives at once. */
const largePage = 500;
let opening = 0;

/**
 * Opens a project at the first open sentence, and sends edits that an earlier visit could not save.
 *
 * @param at a sentence to start at instead; an index in text order
 */
export async function openProject(name: string, by: Sort = sort.value, at?: number): Promise<void> {
  const turn = ++opening;
  sort.value = by;
  project.value = null;
  failure.value = null;
  gone.value = false;
  order.value = new Map();
  sentences.value = new Map();
  try {
    const first = await corrections.page(name, 0, pageSize, by);
    if (turn !== opening) return;
    take(first.page, 0);
    project.value = first;
    await goTo(at !== undefined && at < first.sentences ? at : (first.firstOpen ?? 0));
    if (turn !== opening) return;
    await adoptDrafts(first);
    if (turn !== opening) return;
    for (const [id, draft] of drafts.all(draftsOf())) {
      if (!sentences.value.has(id)) {
        const server = await corrections.sentence(name, id);
        if (turn !== opening) return;
        put(id, { server, history: history.begin(draft.annotated), state: "saved" });
      }
      const working = sentences.value.get(id) as Working;
      if (sameAnnotation(working.server, draft.annotated)) {
        drafts.drop(draftsOf(), id);
        put(id, { ...working, history: history.begin(plain(working.server)) });
        continue;
      }
      const server = { ...working.server, revision: draft.revision };
      put(id, { server, history: history.record(history.begin(plain(working.server)), draft.annotated), state: "saving" });
      void push(name, id);
    }
    await loadRest(turn);
  } catch (error) {
    if (turn === opening) failure.value = { error, retry: () => void openProject(name, by, at) };
  }
}

/** Loads all sentences, for the list beside the sentence and for changes to all of them. */
async function loadRest(turn: number): Promise<void> {
  const opened = project.value;
  for (let offset = 0; opened !== null && offset < opened.sentences; offset += largePage) {
    const places = Array.from({ length: Math.min(largePage, opened.sentences - offset) }, (_, index) => offset + index);
    if (places.every((place) => order.value.has(place))) continue;
    const { page } = await corrections.page(opened.name, offset, largePage, sort.value);
    if (turn !== opening) return;
    take(page, offset);
  }
}

export async function goTo(place: number): Promise<void> {
  const opened = project.value;
  if (opened === null || place < 0 || place >= opened.sentences) return;
  if (!order.value.has(place)) {
    const offset = Math.max(0, place - (place % pageSize));
    try {
      const { page } = await corrections.page(opened.name, offset, pageSize, sort.value);
      if (project.value?.name !== opened.name) return;
      take(page, offset);
    } catch (error) {
      failure.value = { error, retry: () => void goTo(place) };
      return;
    }
  }
  failure.value = null;
  position.value = place;
  const arrived = current.value?.history.present;
  chosen.value = arrived === undefined || arrived.done ? null : (byDoubt(arrived)[0] ?? null);
  relating.value = null;
  words.value = { anchor: 0, cursor: 0 };
}

/** Edits the current sentence and saves it. */
export function edit(change: (before: Annotated) => Annotated): void {
  const now = current.value;
  if (now !== null) step(now, history.record(now.history, change(now.history.present)));
}

/** Edits any loaded sentence and saves it. */
export function editSentence(id: number, change: (before: Annotated) => Annotated): void {
  const now = sentences.value.get(id);
  if (now !== undefined) step(now, history.record(now.history, change(now.history.present)));
}

/** Takes back the last edit of any loaded sentence. */
export function undoSentence(id: number): void {
  const now = sentences.value.get(id);
  if (now !== undefined) step(now, history.undo(now.history));
}

export const undo = (): void => void (current.value !== null && step(current.value, history.undo(current.value.history)));
export const redo = (): void => void (current.value !== null && step(current.value, history.redo(current.value.history)));

/** Accepts the selected part and goes to the next suggestion. */
export function accept(name: PartName): void {
  edit((before) => edits.accept(before, partOf(name)));
  chosen.value = nextSuggestion(name);
}

export function remove(name: PartName): void {
  edit((before) => edits.remove(before, partOf(name)));
  relating.value = null;
  chosen.value = nextSuggestion(null);
}

/** The next suggestion after a part, least certain first, wrapping around; null if none is left. */
export function nextSuggestion(from: PartName | null): PartName | null {
  const now = current.value;
  if (now === null) return null;
  const open = byDoubt(now.history.present);
  return open[from === null ? 0 : open.indexOf(from) + 1] ?? open[0] ?? null;
}

/** Resolves a conflict in favour of one version. */
export function resolve(id: number, whose: "mine" | "theirs"): void {
  const [working, name] = [sentences.value.get(id), project.value?.name];
  if (working === undefined || name === undefined) return;
  if (whose === "theirs") {
    drafts.drop(draftsOf(), id);
    put(id, { server: working.server, history: history.record(working.history, plain(working.server)), state: "saved" });
    chosen.value = null;
    return;
  }
  put(id, { ...working, state: "saving" });
  drafts.keep(draftsOf(), id, { revision: working.server.revision, annotated: working.history.present });
  void push(name, id);
}

/** Retries failed saves. */
export function retrySaving(): void {
  const name = project.value?.name;
  if (name === undefined) return;
  for (const [id, { state }] of sentences.value) if (state === "offline" || state === "refused") void push(name, id);
}

/** The creation time distinguishes a project from a deleted one with the same name. */
function draftsOf({ name = "", createdAt = "" }: Partial<ProjectEntry> = project.value ?? {}): string {
  return `${name}@${createdAt}`;
}

/** Adopts drafts stored under the project's earlier name: it may have been renamed elsewhere. */
async function adoptDrafts(opened: ProjectEntry): Promise<void> {
  const own = draftsOf(opened);
  const former = drafts.keysEnding(draftsOf({ createdAt: opened.createdAt })).filter((key) => key !== own);
  if (former.length === 0) return;
  // A folder copied by hand has the same creation time as the original.
  const there = new Set((await corrections.list()).projects.map((entry) => draftsOf(entry)));
  for (const key of former) if (!there.has(key)) drafts.move(key, own);
}

function take(page: readonly CorrectionSentence[], offset: number): void {
  order.value = new Map([...order.value, ...page.map(({ id }, index) => [offset + index, id] as const)]);
  const known = new Map(sentences.value);
  for (const server of page) {
    if (!known.has(server.id)) known.set(server.id, { server, history: history.begin(plain(server)), state: "saved" });
  }
  sentences.value = known;
}

function put(id: number, working: Working): void {
  sentences.value = new Map(sentences.value).set(id, working);
}

function step(before: Working, next: History): void {
  const name = project.value?.name;
  if (name === undefined || next === before.history) return;
  const { id, revision } = before.server;
  drafts.keep(draftsOf(), id, { revision, annotated: next.present });
  put(id, { ...before, history: next, state: before.state === "conflict" ? "conflict" : "saving" });
  if (before.state !== "conflict") void push(name, id);
  countDone(before.history.present.done, next.present.done);
}

function countDone(before: boolean, after: boolean): void {
  if (project.value !== null && before !== after)
    project.value = { ...project.value, done: project.value.done + (after ? 1 : -1) };
}

/** One request at a time for each sentence; changes made meanwhile go with the next. */
const underWay = new Set<string>();

async function push(name: string, id: number, wait = 1000): Promise<void> {
  // Ids are unique only within a project.
  const sending = `${draftsOf()}/${id}`;
  if (underWay.has(sending)) return;
  underWay.add(sending);
  let again: number | undefined;
  try {
    for (;;) {
      const working = sentences.value.get(id);
      if (working === undefined || project.value?.name !== name) return;
      const sent = working.history.present;
      const signed = annotator.value === "" ? sent : edits.noted(sent, { annotator: annotator.value });
      const { taken, sentence } = await corrections.save(name, id, working.server.revision, signed);
      const now = sentences.value.get(id);
      if (now === undefined || project.value?.name !== name) return;
      if (!taken) {
        put(id, { ...now, server: sentence, state: "conflict" });
        return;
      }
      if (now.history.present === sent) {
        drafts.drop(draftsOf(), id);
        put(id, { ...now, server: sentence, state: "saved" });
        return;
      }
      put(id, { ...now, server: sentence });
      drafts.keep(draftsOf(), id, { revision: sentence.revision, annotated: now.history.present });
    }
  } catch (error) {
    const now = sentences.value.get(id);
    if (now === undefined || project.value?.name !== name) return;
    if (isGone(error)) gone.value = true;
    const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);
    put(id, passing ? { ...now, state: "offline" } : { ...now, state: "refused", error });
    if (passing) again = Math.min(wait * 2, 10_000);
  } finally {
    underWay.delete(sending);
  }
  if (again !== undefined) setTimeout(() => void push(name, id, again), wait);
}

addEventListener("online", retrySaving);

/** Checks on return to the page that the project still exists, before more work is wasted. */
async function lookAgain(): Promise<void> {
  const opened = project.value;
  if (opened === null || gone.value || document.visibilityState !== "visible") return;
  try {
    const { createdAt } = await corrections.page(opened.name, 0, 1, "order");
    if (project.value?.createdAt === opened.createdAt && createdAt !== opened.createdAt) gone.value = true;
  } catch (error) {
    if (project.value?.createdAt === opened.createdAt && isGone(error)) gone.value = true;
  }
}

addEventListener("focus", () => void lookAgain());
document.addEventListener("visibilitychange", () => void lookAgain());

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Number of unsaved changes of the project in this browser. */
export function unsaved(): number {
  return drafts.all(draftsOf()).size;
}

function plain({ entities, relations, done, note }: Annotated): Annotated {
  return { entities, relations, done, ...(note === undefined ? {} : { note }) };
}
