import { entityAt, markedSpan } from "../../parts/marking.ts";
import { edits, partOf } from "./annotation-edit.ts";
import { addedTypes, chosen, current, edit, entityTypes, marking, relating, relationTypes, words } from "./correct-state.ts";

/** Gives the selected words or entity a type. */
export function markAs(type: string): void {
  const now = current.value;
  if (now === null) return;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  if (part?.kind === "entity") {
    edit((before) => edits.retype(before, part, type));
    return;
  }
  const span = markedSpan(marking);
  edit((before) => edits.mark(before, span, type, now.server.document.tokens.length));
  const present = current.value?.history.present;
  const index = present?.entities.findIndex(({ start, end }) => start === span.start && end === span.end) ?? -1;
  chosen.value = index === -1 ? null : `entity:${index}`;
}

/** Gives the pending pair or the selected relation a type. */
export function relateAs(type: string): void {
  const pair = relating.value;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  relating.value = null;
  if (pair?.tail !== undefined) {
    const { head, tail } = pair;
    edit((before) => edits.relate(before, head, tail, type));
    const index =
      current.value?.history.present.relations.findLastIndex((each) => each.head === head && each.tail === tail) ?? -1;
    chosen.value = index === -1 ? null : `relation:${index}`;
  } else if (part?.kind === "relation") edit((before) => edits.retype(before, part, type));
}

/** The first press sets the head of a relation, the second its tail. */
export function relateHere(): void {
  const now = current.value;
  if (now === null) return;
  const part = chosen.value === null ? undefined : partOf(chosen.value);
  const here = part?.kind === "entity" ? part.index : entityAt(now.history.present.entities, words.value.cursor);
  if (here === undefined) return;
  const pair = relating.value;
  if (pair === null || pair.tail !== undefined) relating.value = { head: here };
  else if (pair.head !== here) relating.value = { head: pair.head, tail: here };
}

/** Whether the number keys choose relation types, not entity types. */
export function choosesRelation(): boolean {
  return relating.value?.tail !== undefined || chosen.value?.startsWith("relation") === true;
}

/** The types that apply now, each with its number key, and a field to add a type. */
export function TypeBar() {
  const ofRelation = choosesRelation();
  const types = ofRelation ? relationTypes.value : entityTypes.value;
  const pair = relating.value;
  const now = current.value;
  const name = (index: number | undefined): string => {
    const entity = now?.history.present.entities[index ?? -1];
    const [first, last] = [now?.server.document.tokens[entity?.start ?? -1], now?.server.document.tokens[(entity?.end ?? 0) - 1]];
    return first === undefined || last === undefined ? "…" : (now?.server.document.text.slice(first.start, last.end) ?? "");
  };
  return (
    <div class="types row" role="group" aria-label={ofRelation ? "Relation types" : "Entity types"}>
      <span class="quiet" role="status">
        {pair === null ? (
          ofRelation ? (
            "Relation is"
          ) : (
            "Mark as"
          )
        ) : (
          <>
            <bdi>{name(pair.head)}</bdi> → <bdi>{pair.tail === undefined ? "press R at the other entity" : name(pair.tail)}</bdi>
          </>
        )}
      </span>
      {types.map((type, index) => (
        <button key={type} type="button" onClick={() => (ofRelation ? relateAs(type) : markAs(type))}>
          {index < 9 ? <kbd aria-hidden="true">{index + 1}</kbd> : null} <bdi>{type}</bdi>
        </button>
      ))}
      {pair === null ? null : (
        <button type="button" class="plain" onClick={() => (relating.value = null)}>
          Cancel
        </button>
      )}
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          const field = new FormData(event.currentTarget).get("type");
          const type = typeof field === "string" ? field.trim() : "";
          if (type === "") return;
          const kind = ofRelation ? "relation" : "entity";
          addedTypes.value = { ...addedTypes.value, [kind]: [...new Set([...addedTypes.value[kind], type])] };
          event.currentTarget.reset();
        }}
      >
        <input
          name="type"
          maxLength={100}
          placeholder="new type"
          aria-label={ofRelation ? "New relation type" : "New entity type"}
        />
        <button type="submit">Add</button>
      </form>
    </div>
  );
}
