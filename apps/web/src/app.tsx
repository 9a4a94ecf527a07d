import { useEffect, useRef } from "preact/hooks";
import { keysShown } from "./keys-shown.ts";
import { type ThemeChoice, themeChoice } from "./page-theme.ts";
import { addressOf, route } from "./route.ts";
import { tabs } from "./tabs/index.ts";
import { KeyList } from "./tabs/key-list.tsx";

/** The frame of the page: name, tabs and colours, with the tab in the address below. */
export function App() {
  const first = tabs[0];
  const tab = tabs.find(({ name }) => name === route.value.tab) ?? first;
  const { Keys } = tab;
  const heading = useRef<HTMLElement>(null);
  const shown = useRef(tab.name);
  useEffect(() => {
    document.title = `${tab.title} · Weft`;
    // After a change of tab, keyboard users continue in the new tab; on the first load they start
    // at the top.
    if (shown.current !== tab.name) heading.current?.focus();
    shown.current = tab.name;
  }, [tab]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "?" || event.defaultPrevented || event.ctrlKey || event.metaKey || isField(event.target)) return;
      event.preventDefault();
      keysShown.value = true;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button type="button" class="skip" onClick={() => heading.current?.focus()}>
        Skip to content
      </button>
      <header class="bar">
        <a class="name" href={addressOf(first.name)}>
          <img src="./icon.svg" alt="" width="26" height="26" />
          Weft
        </a>
        <nav aria-label="Views">
          {tabs.map(({ name, title }) => (
            <a key={name} href={addressOf(name)} aria-current={name === tab.name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <label class="colours">
          <span class="unseen">Colours</span>
          <select
            value={themeChoice.value}
            onChange={({ currentTarget }) => {
              themeChoice.value = currentTarget.value as ThemeChoice;
            }}
          >
            <option value="auto">Auto</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </label>
        <button type="button" class="keys-button" title="Keys (?)" aria-label="Keys" onClick={() => (keysShown.value = true)}>
          ?
        </button>
      </header>
      <main ref={heading} tabIndex={-1} aria-label={tab.title}>
        <h1 class="unseen">{tab.title}</h1>
        <tab.View />
      </main>
      {!keysShown.value ? null : Keys === undefined ? (
        <KeyList title={tab.title} keys={tab.keys ?? []} close={closeKeys} />
      ) : (
        <Keys close={closeKeys} />
      )}
    </>
  );
}

function closeKeys(): void {
  keysShown.value = false;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
