import { choosesRelation, chooseType, guess, paletteOpen, typesNow } from "./actions.ts";
import { chosen, current, relating } from "./correct-state.ts";
import { wordsOf } from "./guesses.ts";

/** The types that apply now, each with its number key, and what to do next in words. */
export function TypeBar() {
  const ofRelation = choosesRelation();
  const { types } = typesNow();
  const pair = relating.value;
  return (
    <div class="types row" role="group" aria-label={ofRelation ? "Relation types" : "Entity types"}>
      <span class="quiet" role="status">
        {pair !== null ? (
          <Pair />
        ) : chosen.value === null ? (
          "Mark as"
        ) : guess.value === chosen.value ? (
          "A guess. If not, it is"
        ) : ofRelation ? (
          "Relation is"
        ) : (
          "Entity is"
        )}
      </span>
      {types.slice(0, shownTypes).map((type, index) => (
        <button key={type} type="button" onClick={() => chooseType(type)}>
          {index < 9 ? <kbd aria-hidden="true">{index + 1}</kbd> : null} <bdi>{type}</bdi>
        </button>
      ))}
      <button type="button" class="plain" title="C" onClick={() => (paletteOpen.value = true)}>
        {types.length > shownTypes ? `All ${types.length} types…` : "Other type…"}
      </button>
      {pair === null ? null : (
        <button type="button" class="plain" onClick={() => (relating.value = null)}>
          Cancel
        </button>
      )}
    </div>
  );
}

/** More types than this are in the palette only. */
const shownTypes = 20;

function Pair() {
  const [now, pair] = [current.value, relating.value];
  const name = (index: number | undefined): string => {
    const entity = now?.history.present.entities[index ?? -1];
    return now === null || entity === undefined ? "…" : wordsOf(now, entity);
  };
  return (
    <>
      <bdi>{name(pair?.head)}</bdi> → <bdi>{pair?.tail === undefined ? "press R at the other entity" : name(pair.tail)}</bdi>
    </>
  );
}
