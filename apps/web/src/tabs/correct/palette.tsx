import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { choosesRelation, chooseType, paletteOpen, typesNow } from "./actions.ts";
import { relating } from "./correct-state.ts";

/**
 * The types to choose from, at the selection: type some letters, or press a number. Closes on
 * Escape or when the focus leaves.
 */
export function Palette({ close }: { readonly close: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const ofRelation = choosesRelation();
  const { types, fitting, present } = typesNow();
  const [at, setAt] = useState(() => Math.max(0, types.indexOf(present ?? "")));
  const wanted = typed.trim();
  const matching = types.filter((type) => type.toLowerCase().includes(wanted.toLowerCase()));
  const offers = wanted === "" || types.includes(wanted) ? matching : [...matching, wanted];
  const place = Math.min(at, offers.length - 1);
  // Before the next key: a quick typist must not press the shortcuts of the sentence.
  useLayoutEffect(() => {
    // On a touch screen, the field would bring up the keyboard over the types.
    (matchMedia("(pointer: coarse)").matches ? box : field).current?.focus({ preventScroll: true });
    moveToSelection(box.current);
  }, []);
  const pick = (type: string | undefined): void => {
    if (type === undefined) return;
    chooseType(type);
    close();
  };
  function onKeyDown(event: KeyboardEvent): void {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const number = /^[1-9]$/.test(key) && typed === "" ? types[Number(key) - 1] : undefined;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setAt((place + 1) % Math.max(1, offers.length)),
      ArrowUp: () => setAt((place - 1 + offers.length) % Math.max(1, offers.length)),
      Enter: () => pick(offers[place]),
      Escape: () => {
        relating.value = null;
        close();
      },
    };
    const act = number === undefined ? acts[key] : () => pick(number);
    event.stopPropagation();
    if (act === undefined) return;
    event.preventDefault();
    act();
  }
  return (
    <div
      ref={box}
      class="palette panel"
      tabIndex={-1}
      role="dialog"
      aria-label={ofRelation ? "Choose a relation type" : "Choose an entity type"}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && box.current?.contains(relatedTarget) === true) return;
        paletteOpen.value = false;
      }}
    >
      <input
        ref={field}
        type="text"
        role="combobox"
        maxLength={100}
        autocomplete="off"
        placeholder="Type, or press a number"
        aria-label={ofRelation ? "Relation type" : "Entity type"}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={offers.length === 0 ? undefined : `palette-${place}`}
        value={typed}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="palette-list" role="listbox" aria-label="Types">
        {offers.map((type, index) => (
          <li
            key={type}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === place}
            class={types.indexOf(type) === fitting && wanted === "" ? "first-other" : undefined}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(type);
            }}
          >
            {wanted === "" && index < 9 ? <kbd aria-hidden="true">{index + 1}</kbd> : null}{" "}
            <bdi>{types.includes(type) ? type : `New type: ${type}`}</bdi>
          </li>
        ))}
      </ul>
      {offers.length === 0 ? <p class="quiet">Type a name to make the first type.</p> : null}
    </div>
  );
}

/** Puts the palette below the selected words or part, inside the drawing's width. */
function moveToSelection(box: HTMLElement | null): void {
  const holder = box?.parentElement;
  const root = holder?.querySelector("weft-arcs")?.shadowRoot;
  const selected = root?.querySelector(".target") ?? root?.querySelector(".on") ?? root?.querySelector(".chosen");
  if (box === null || holder === null || holder === undefined) return;
  const [inside, place] = [holder.getBoundingClientRect(), (selected ?? holder).getBoundingClientRect()];
  box.style.left = `${Math.max(0, Math.min(place.left - inside.left, inside.width - box.offsetWidth))}px`;
  box.style.top = `${place.bottom - inside.top + 6}px`;
}
