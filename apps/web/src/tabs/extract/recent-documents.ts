import { signal } from "@preact/signals";

/** A text that was read on this page, kept in this browser only. */
export interface RecentDocument {
  readonly id: string;
  /** The name of its file, or its first words. */
  readonly title: string;
  readonly text: string;
}

const storedUnder = "weft-recent";
const maxDocuments = 12;
/** UTF-16 units; browsers store about five million for a page. */
const maxUnits = 1_000_000;

/** The documents that were read last, latest first. */
export const recent = signal<readonly RecentDocument[]>(stored());

/** Puts a text first among the recent documents. @param name its file's name */
export function remember(text: string, name?: string): RecentDocument {
  const id = idOf(text);
  const known = recent.value.find((each) => each.id === id);
  const entry = { id, title: name ?? known?.title ?? titleOf(text), text };
  let units = 0;
  const kept = [entry, ...recent.value.filter((each) => each.id !== id)].filter((each, index) => {
    units += each.text.length;
    return index === 0 || (index < maxDocuments && units <= maxUnits);
  });
  recent.value = kept;
  store(kept);
  return entry;
}

export function forgetAll(): void {
  recent.value = [];
  store([]);
}

/** The first words, up to a length that fits on a button. */
function titleOf(text: string): string {
  const words = text.trim().replaceAll(/\s+/g, " ");
  return words.length <= 40 ? words : `${words.slice(0, 39).trimEnd()}…`;
}

/** FNV-1a, 32 bits: the same text has the same id. */
export function idOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

function stored(): readonly RecentDocument[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storedUnder) ?? "[]");
    return Array.isArray(value) ? value.filter(isDocument).slice(0, maxDocuments) : [];
  } catch {
    return [];
  }
}

function isDocument(value: unknown): value is RecentDocument {
  if (typeof value !== "object" || value === null) return false;
  const { id, title, text } = value as Record<string, unknown>;
  return [id, title, text].every((part) => typeof part === "string");
}

function store(documents: readonly RecentDocument[]): void {
  try {
    localStorage.setItem(storedUnder, JSON.stringify(documents));
  } catch {
    // Without storage, the list lasts as long as the page.
  }
}
