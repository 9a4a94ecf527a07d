import { useEffect, useRef, useState } from "preact/hooks";
import { suggestionsOf } from "./annotation-edit.ts";
import { goTo, position, project } from "./correct-state.ts";
import { complete, counts, type Listed, listed, query, type Show, show, shows } from "./rail-state.ts";

const titles: Record<Show, string> = {
  all: "All",
  open: "Open",
  uncertain: "Uncertain",
  unseen: "Unseen",
  flagged: "Flagged",
  skipped: "Skipped",
  done: "Done",
};

/** Height of an item, in pixels; the style sheet has the same. */
const itemHeight = 58;

/** The sentences of the project, to search, filter and choose from. Draws only those in view. */
export function Rail() {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const items = listed.value;
  const here = items.findIndex(({ place }) => place === position.value);
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = list.current;
    if (element === null || here < 0) return;
    const above = here * itemHeight;
    if (above < element.scrollTop) element.scrollTop = above;
    else if (above + itemHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = above + itemHeight - element.clientHeight;
  }, [here]);
  const first = Math.max(0, Math.floor(top / itemHeight) - 4);
  const shownItems = items.slice(first, first + Math.ceil(height / itemHeight) + 8);
  return (
    <nav class="rail panel" aria-label="Sentences">
      <div class="find">
        <input
          type="search"
          id="rail-search"
          placeholder="Search  ( / )"
          aria-label="Search the sentences"
          value={query.value}
          onInput={({ currentTarget }) => {
            query.value = currentTarget.value;
          }}
        />
        <select
          aria-label="Show"
          value={show.value}
          onChange={({ currentTarget }) => {
            show.value = currentTarget.value as Show;
          }}
        >
          {shows.map((name) => (
            <option key={name} value={name}>
              {titles[name]} ({counts.value[name]})
            </option>
          ))}
        </select>
      </div>
      <div class="items" ref={list} onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}>
        {items.length === 0 ? <Nothing /> : null}
        <ul style={{ height: `${items.length * itemHeight}px` }}>
          {shownItems.map((item, index) => (
            <Item key={item.place} item={item} top={(first + index) * itemHeight} />
          ))}
        </ul>
      </div>
    </nav>
  );
}

function Item({ item: { place, working }, top }: { readonly item: Listed; readonly top: number }) {
  const { server, history } = working;
  const { done, note = {} } = history.present;
  const open = suggestionsOf(history.present).length;
  const state = done ? "done" : note.skipped === true ? "skipped" : open > 0 ? `${open} to check` : "open";
  const flagged = note.flagged === true || (note.comment ?? "") !== "";
  return (
    <li style={{ top: `${top}px` }}>
      <button
        type="button"
        aria-current={place === position.value ? "true" : undefined}
        title={[note.comment, note.annotator].filter(Boolean).join(" · ") || undefined}
        onClick={() => void goTo(place)}
      >
        <span class="text" dir="auto">
          {server.document.text}
        </span>
        <span class="quiet">
          {place + 1} · {state}
          {flagged ? " · ⚑ flagged" : ""}
        </span>
      </button>
    </li>
  );
}

function Nothing() {
  if (!complete.value) return <p class="quiet">Loading {project.value?.sentences ?? 0} sentences…</p>;
  return (
    <p class="quiet">
      No sentence matches.{" "}
      <button
        type="button"
        class="plain"
        onClick={() => {
          query.value = "";
          show.value = "all";
        }}
      >
        Show all
      </button>
    </p>
  );
}
