import { computed, signal } from "@preact/signals";
import { edits, suggestionsOf } from "./annotation-edit.ts";
import { edit, goTo, order, position, project, sentences, type Working } from "./correct-state.ts";
import { settle } from "./everywhere.ts";

/** Which sentences the list beside the sentence shows. */
export const shows = ["all", "open", "uncertain", "unseen", "flagged", "skipped", "done"] as const;
export type Show = (typeof shows)[number];

export const show = signal<Show>("all");
export const query = signal("");

/** An item of the list. */
export interface Listed {
  readonly place: number;
  readonly working: Working;
}

/** The loaded sentences, in order. */
const loaded = computed<readonly Listed[]>(() => {
  const known = sentences.value;
  return [...order.value]
    .sort(([a], [b]) => a - b)
    .flatMap(([place, id]) => {
      const working = known.get(id);
      return working === undefined ? [] : [{ place, working }];
    });
});

/** True once every sentence of the project is in the page. */
export const complete = computed(() => loaded.value.length >= (project.value?.sentences ?? 0));

/** The sentences that match the filter and the search. */
export const listed = computed<readonly Listed[]>(() => {
  const wanted = query.value.trim().toLowerCase();
  return loaded.value.filter(
    ({ working }) =>
      matches(working, show.value) && (wanted === "" || working.server.document.text.toLowerCase().includes(wanted)),
  );
});

/** How many sentences each filter shows. */
export const counts = computed(
  () =>
    Object.fromEntries(
      shows.map((name) => [name, loaded.value.filter(({ working }) => matches(working, name)).length]),
    ) as Readonly<Record<Show, number>>,
);

function matches({ server, history: { present } }: Working, name: Show): boolean {
  const { done, note = {} } = present;
  if (name === "open") return !done && note.skipped !== true;
  if (name === "uncertain") return !done && server.uncertainty >= 0.5 && suggestionsOf(present).length > 0;
  if (name === "unseen") return !done && server.revision === 0 && note.skipped !== true;
  if (name === "flagged") return note.flagged === true || (note.comment ?? "") !== "";
  if (name === "skipped") return note.skipped === true;
  return name === "all" || done;
}

/** Goes to the next (1) or the previous (−1) sentence of the list. */
export function goBy(direction: 1 | -1): void {
  settle();
  const next =
    direction === 1
      ? listed.value.find(({ place }) => place > position.value)
      : listed.value.findLast(({ place }) => place < position.value);
  if (next !== undefined) void goTo(next.place);
  else if (!complete.value) void goTo(position.value + direction);
}

/** Accepts the remaining suggestions, and goes to the next sentence that is open. */
export function doneAndNext(): void {
  // A sentence that no longer matches the filter leaves the list, so look for the next one first.
  settle();
  const next = nextOpen();
  edit(edits.finish);
  if (next !== undefined) void goTo(next);
}

/** Leaves the sentence undecided, and goes on. */
export function skipSentence(): void {
  settle();
  const next = nextOpen();
  edit((before) => edits.noted(before, { skipped: true }));
  if (next !== undefined) void goTo(next);
}

function nextOpen(): number | undefined {
  const open = ({ place, working }: Listed): boolean =>
    place !== position.value && !working.history.present.done && working.history.present.note?.skipped !== true;
  const later = listed.value.find((item) => item.place > position.value && open(item));
  if (later !== undefined) return later.place;
  if (!complete.value && position.value + 1 < (project.value?.sentences ?? 0)) return position.value + 1;
  return listed.value.find(open)?.place;
}
