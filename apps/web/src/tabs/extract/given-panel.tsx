import { documentFromText } from "@weft-nlp/core/text";
import { useMemo, useState } from "preact/hooks";
import { type Marked, markedSpan, movementOf, newMarking } from "../../parts/marking.ts";
import { WordStrip } from "../../parts/word-strip.tsx";
import { extractorOf, given, models, text } from "./extract-state.ts";
import { inTokens, mark } from "./marked-entities.ts";
import type { ModelEntry } from "./run-extraction.ts";

/** Longer texts are slow to render and too long to annotate by hand. */
const maxWords = 3000;

const marking = newMarking();

/** The entities for a model that relates given ones: marked by hand, or found by another model. */
export function GivenPanel({ model }: { readonly model: ModelEntry }) {
  const { tokens } = useMemo(() => documentFromText("text", text.value), [text.value]);
  const byHand = tokens.length <= maxWords;
  const entities = useMemo(() => (byHand ? inTokens(given.value, tokens) : []), [given.value, tokens]);
  const marked: Marked = { text: text.value, tokens, entities };
  // A model trained without entity types ignores them.
  const types = model.entityTypes.length === 0 ? [null] : model.entityTypes;
  const chosen = placeOf(marking.chosen.value);
  function give(type: string | null): void {
    if (chosen !== undefined && given.value[chosen] !== undefined) {
      given.value = given.value.with(chosen, { ...given.value[chosen], type });
      return;
    }
    const span = markedSpan(marking);
    given.value = mark(given.value, span, type, tokens);
    const place = inTokens(given.value, tokens).findIndex(({ start, end }) => start === span.start && end === span.end);
    marking.chosen.value = place === -1 ? null : `entity:${place}`;
  }
  function remove(): void {
    if (chosen === undefined) return;
    given.value = given.value.filter((_, place) => place !== chosen);
    marking.chosen.value = null;
  }
  function onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target as Element).classList.contains("words")) return;
    const type = /^[1-9]$/.test(event.key) ? types[Number(event.key) - 1] : undefined;
    const act = type === undefined ? (movementOf(event, marking, marked) ?? others[event.key]) : () => give(type);
    if (act === undefined) return;
    event.preventDefault();
    act();
  }
  const others: Readonly<Record<string, () => void>> = {
    Delete: remove,
    Backspace: remove,
    Escape: () => {
      marking.chosen.value = null;
    },
  };
  return (
    <div class="given" role="group" aria-label="Entities to relate" onKeyDown={onKey}>
      <p class="quiet" id="given-keys">
        This model relates the entities that you mark. Select words by dragging or with Shift and the arrow keys, then choose a
        type by its button or number. Delete removes a mark.
      </p>
      {!byHand ? (
        <p class="quiet">The text is too long to mark by hand; the limit is {maxWords.toLocaleString("en")} words.</p>
      ) : tokens.length === 0 ? null : (
        <>
          <div class="types" role="group" aria-label="Types to mark as">
            {types.map((type, index) => (
              <button key={type} type="button" onClick={() => give(type)}>
                {index < 9 ? <kbd aria-hidden="true">{index + 1}</kbd> : null} <bdi>{type ?? "Entity"}</bdi>
              </button>
            ))}
            <button type="button" class="plain" disabled={chosen === undefined} onClick={remove}>
              Remove
            </button>
          </div>
          <WordStrip marked={marked} marking={marking} label="Words of the text" describedBy="given-keys" />
        </>
      )}
      <Finder model={model} />
    </div>
  );
}

/** Fills in the entities that another model finds, to edit by hand. */
function Finder({ model }: { readonly model: ModelEntry }) {
  const finders = models.value.filter(({ needsEntities }) => !needsEntities);
  const [name, setName] = useState("");
  const [said, say] = useState("");
  const finder = finders.find((each) => each.name === name) ?? finders[0];
  async function find(by: ModelEntry): Promise<void> {
    say("Reading…");
    const read = text.value;
    try {
      const document = await extractorOf(by)(read, by, 0.5, new AbortController().signal, []);
      // Offsets into another text do not apply to this one.
      if (text.value !== read) {
        say("The text has changed since");
        return;
      }
      const known = document.entities.filter(
        ({ type }) => model.entityTypes.length === 0 || model.entityTypes.includes(type ?? ""),
      );
      given.value = known.flatMap(({ start, end, type }) => {
        const [first, last] = [document.tokens[start], document.tokens[end - 1]];
        if (first === undefined || last === undefined) return [];
        return [{ startChar: first.start, endChar: last.end, type: model.entityTypes.length === 0 ? null : type }];
      });
      marking.chosen.value = null;
      const left = document.entities.length - known.length;
      say(left === 0 ? "" : `${left} skipped: this model does not know their types`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  const { length } = given.value;
  return (
    <div class="row">
      <span class="quiet" role="status">
        {length === 0 ? "No entities yet" : length === 1 ? "1 entity" : `${length.toLocaleString("en")} entities`}
        {said === "" ? "" : ` · ${said}`}
      </span>
      <button type="button" class="plain" disabled={length === 0} onClick={() => (given.value = [])}>
        Remove all
      </button>
      {finder === undefined ? null : (
        <>
          <label class="push">
            Take entities from{" "}
            <select value={finder.name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
              {finders.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          <button type="button" disabled={text.value.trim() === ""} onClick={() => void find(finder)}>
            Find
          </button>
        </>
      )}
    </div>
  );
}

function placeOf(part: string | null): number | undefined {
  return part?.startsWith("entity:") === true ? Number(part.slice("entity:".length)) : undefined;
}
